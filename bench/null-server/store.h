/* What is remembered of uploads: sizes and checksums that were promised, never a byte. */
#pragma once
#include <stdbool.h>

typedef struct {
  long long size;
  char etag[48];
  char md5_metadata[64];
} object;

/* `total` and `chunk` are 0 where they are not known in advance. Gives the upload's id. */
long long create_upload(const char *key, const char *md5_metadata, long long total, long long chunk);

/* False for an upload or a part number that does not exist. `etag` has room for 48 characters. */
bool store_part(long long id, long long part, long long size, const char *md5, char *etag);

/* False where a part is missing or the sizes do not add up to what was announced. */
bool complete_upload(long long id, object *result);

/* The newest upload of a key, -1 where there is none. */
long long find_upload(const char *key);

void put_object(const char *key, const object *o);
bool get_object(const char *key, object *result);
