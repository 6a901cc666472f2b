#include <stdio.h>
#include <string.h>

#include "routes.h"
#include "store.h"

static const char xml[] = "Content-Type: application/xml\r\n";

static void create_multipart(connection *c, const request *r) {
  char body[512];
  snprintf(body, sizeof body,
           "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<InitiateMultipartUploadResult>"
           "<Bucket>bucket</Bucket><Key>key</Key><UploadId>%lld</UploadId></InitiateMultipartUploadResult>",
           create_upload(r->target, r->md5_metadata, 0, 0));
  send_answer(c, "200 OK", xml, body);
}

static void complete_multipart(connection *c, const request *r) {
  object result;
  if (!complete_upload(query_number(r, "uploadId", -1), &result)) {
    send_answer(c, "400 Bad Request", xml, "<Error><Code>InvalidPart</Code><Message>missing</Message></Error>");
    return;
  }
  char body[512];
  snprintf(body, sizeof body,
           "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CompleteMultipartUploadResult>"
           "<Location>null</Location><Bucket>bucket</Bucket><Key>key</Key><ETag>&quot;%s&quot;</ETag>"
           "</CompleteMultipartUploadResult>",
           result.etag);
  send_answer(c, "200 OK", xml, body);
}

static void answer_etag(connection *c, const char *etag) {
  char headers[128];
  snprintf(headers, sizeof headers, "ETag: \"%s\"\r\n", etag);
  send_answer(c, "200 OK", headers, "");
}

static void put(connection *c, const request *r) {
  long long id = query_number(r, "uploadId", -1);
  if (id >= 0) {
    char etag[48];
    if (store_part(id, query_number(r, "partNumber", 0), r->received, r->content_md5, etag)) answer_etag(c, etag);
    else send_answer(c, "404 Not Found", xml, "<Error><Code>NoSuchUpload</Code></Error>");
    return;
  }
  object o = {.size = r->received};
  snprintf(o.etag, sizeof o.etag, "%s", r->content_md5[0] ? r->content_md5 : "null");
  snprintf(o.md5_metadata, sizeof o.md5_metadata, "%s", r->md5_metadata);
  put_object(r->target, &o);
  answer_etag(c, o.etag);
}

static void head(connection *c, const request *r) {
  object o = {0};
  bool is_bucket = strchr(r->target + 1, '/') == NULL;
  if (!is_bucket && !get_object(r->target, &o)) {
    send_answer(c, "404 Not Found", xml, "");
    return;
  }
  char headers[512];
  int used = snprintf(headers, sizeof headers, "ETag: \"%s\"\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n", o.etag);
  if (o.md5_metadata[0]) snprintf(headers + used, sizeof headers - (size_t)used, "x-amz-meta-md5chksum: %s\r\n", o.md5_metadata);
  send_head(c, o.size, headers);
}

void answer_s3(connection *c, const request *r) {
  if (!strcmp(r->method, "PUT")) put(c, r);
  else if (!strcmp(r->method, "HEAD")) head(c, r);
  else if (!strcmp(r->method, "POST") && query_has(r, "uploads")) create_multipart(c, r);
  else if (!strcmp(r->method, "POST")) complete_multipart(c, r);
  else send_answer(c, "200 OK", xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult><Name>bucket</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>");
}
