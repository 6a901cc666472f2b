#pragma once
#include "http.h"

/* The calls of the DirectUpload protocol. False where the path is none of them. */
bool answer_direct_upload(connection *c, const request *r);

/* The calls of S3, everything else. */
void answer_s3(connection *c, const request *r);
