/* HTTP/1.1 on one connection, as much of it as upload clients use. */
#pragma once
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
  int fd;
  SSL *ssl; /* NULL on plain HTTP */
  size_t start, end; /* what is read but not used yet */
  char buffer[64 * 1024];
} connection;

typedef struct {
  char method[16];
  char target[8192]; /* path and query; the path ends where query begins */
  char *query;       /* "" without one */
  char host[256];
  char content_md5[33];  /* hex, "" where the header is absent */
  char md5_metadata[64]; /* x-amz-meta-md5chksum, as rclone sends it */
  long long length;         /* -1 for a chunked body */
  long long decoded_length; /* x-amz-decoded-content-length, -1 where absent */
  long long received;       /* bytes of the body, its own framing taken off */
  bool expects_continue, closes;
} request;

/* False when the client is gone or speaks something else. */
bool read_head(connection *c, request *r);

/* Reads the body to its end and forgets it. */
bool drop_body(connection *c, request *r);

void send_answer(connection *c, const char *status, const char *headers, const char *body);

/* The answer to HEAD: a Content-Length without a body. */
void send_head(connection *c, long long length, const char *headers);

/* Value of a query parameter as a number, `absent` where it is not there. */
long long query_number(const request *r, const char *name, long long absent);
bool query_has(const request *r, const char *name);
