#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "routes.h"
#include "store.h"

static const char json[] = "Content-Type: application/json\r\n";
static const long long min_chunk = 5 * 1024 * 1024;
static const long long max_parts = 10000;

static void answer_clip(connection *c, const char *id, int length) {
  char body[512];
  snprintf(body, sizeof body,
           "{\"_count\":1,\"_upload\":false,\"data\":[{\"id\":\"%.*s\",\"url\":\"https://null.test/%.*s\","
           "\"preview_gif\":null,\"thumbnail_url\":null,\"status\":\"available\"}]}",
           length, id, length, id);
  send_answer(c, "200 OK", json, body);
}

/* Shaped like S3's own, so that a client does what it would do with those. */
static int format_url(char *into, size_t size, const request *r, bool tls, const char *key, const char *date,
                      long long id, long long part) {
  return snprintf(into, size,
                  "%s{\"PartNumber\":%lld,\"url\":\"%s://%s/clips/%s?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                  "&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD"
                  "&X-Amz-Credential=NULLSERVER%%2F%.8s%%2Fus-east-1%%2Fs3%%2Faws4_request&X-Amz-Date=%s"
                  "&X-Amz-Expires=86400&X-Amz-Signature=%016llx%016llx%016llx%016llx"
                  "&X-Amz-SignedHeaders=content-length%%3Bhost&partNumber=%lld&uploadId=%lld"
                  "&x-id=UploadPart\"}",
                  part > 1 ? "," : "", part, tls ? "https" : "http", r->host, key, date, date, part * 7919ULL,
                  part * 104729ULL, (unsigned long long)id, part * 1299709ULL, part, id);
}

static void answer_plan(connection *c, const request *r, const char *checksum) {
  long long size = query_number(r, "size", 0);
  long long chunk = min_chunk;
  while (chunk * max_parts < size) chunk += 1024 * 1024;
  long long parts = (size + chunk - 1) / chunk;
  if (parts == 0) {
    send_answer(c, "400 Bad Request", json, "{\"error\":{\"message\":\"size is required\"},\"status\":400}");
    return;
  }
  char date[32];
  time_t now = time(NULL);
  strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", gmtime(&now));
  long long id = create_upload(checksum, "", size, chunk);
  size_t room = (size_t)parts * 1024 + 256;
  char *body = malloc(room);
  size_t used = (size_t)snprintf(body, room,
                                 "{\"_count\":1,\"_upload\":true,\"data\":[{\"upload_id\":\"%lld\","
                                 "\"chunk_size\":%lld,\"urls\":[", id, chunk);
  for (long long part = 1; part <= parts; part++) {
    used += (size_t)format_url(body + used, room - used, r, c->ssl != NULL, checksum, date, id, part);
  }
  snprintf(body + used, room - used, "]}]}");
  send_answer(c, "200 OK", json, body);
  free(body);
}

static void finalize(connection *c, const char *checksum) {
  object result;
  if (complete_upload(find_upload(checksum), &result)) answer_clip(c, checksum, 32);
  else send_answer(c, "400 Bad Request", json, "{\"error\":{\"message\":\"a part is missing\"},\"status\":400}");
}

bool answer_direct_upload(connection *c, const request *r) {
  char *at;
  if (strstr(r->target, "/login/app")) {
    send_answer(c, "200 OK", json,
                "{\"_count\":1,\"data\":[{\"access_key\":\"key\",\"access_token\":\"token\",\"id\":\"null\"}]}");
  } else if ((at = strstr(r->target, "/me/directupload/videoclip/"))) {
    char checksum[33] = "";
    sscanf(at, "/me/directupload/videoclip/%32[0-9a-f]", checksum);
    if (!strcmp(r->method, "GET")) answer_plan(c, r, checksum);
    else finalize(c, checksum);
  } else if ((at = strstr(r->target, "/me/videoclips/"))) {
    at += strlen("/me/videoclips/");
    answer_clip(c, at, (int)strcspn(at, "/"));
  } else {
    return false;
  }
  return true;
}
