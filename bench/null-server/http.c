#define _GNU_SOURCE
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>

static ssize_t receive(connection *c, char *into, size_t size) {
  if (c->ssl) return SSL_read(c->ssl, into, (int)size);
  return recv(c->fd, into, size, 0);
}

static bool send_all(connection *c, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t sent = c->ssl ? SSL_write(c->ssl, bytes, (int)size) : send(c->fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= (size_t)sent;
  }
  return true;
}

static bool fill(connection *c) {
  if (c->start > 0) memmove(c->buffer, c->buffer + c->start, c->end - c->start);
  c->end -= c->start;
  c->start = 0;
  if (c->end + 1 >= sizeof c->buffer) return false;
  ssize_t got = receive(c, c->buffer + c->end, sizeof c->buffer - 1 - c->end);
  if (got <= 0) return false;
  c->end += (size_t)got;
  return true;
}

/* The next line without its end, inside the buffer until the next call. */
static char *read_line(connection *c) {
  for (;;) {
    char *line = c->buffer + c->start;
    char *end = memchr(line, '\n', c->end - c->start);
    if (end) {
      c->start = (size_t)(end + 1 - c->buffer);
      if (end > line && end[-1] == '\r') end--;
      *end = 0;
      return line;
    }
    if (!fill(c)) return NULL;
  }
}

static void decode_md5(const char *base64, char *hex) {
  unsigned char raw[64];
  if (strlen(base64) != 24 || EVP_DecodeBlock(raw, (const unsigned char *)base64, 24) != 18) return;
  for (int i = 0; i < 16; i++) sprintf(hex + 2 * i, "%02x", raw[i]);
}

static void read_header(request *r, const char *name, const char *value) {
  if (!strcasecmp(name, "content-length")) r->length = atoll(value);
  else if (!strcasecmp(name, "transfer-encoding")) r->length = -1;
  else if (!strcasecmp(name, "x-amz-decoded-content-length")) r->decoded_length = atoll(value);
  else if (!strcasecmp(name, "expect")) r->expects_continue = true;
  else if (!strcasecmp(name, "connection")) r->closes = !strcasecmp(value, "close");
  else if (!strcasecmp(name, "host")) snprintf(r->host, sizeof r->host, "%s", value);
  else if (!strcasecmp(name, "content-md5")) decode_md5(value, r->content_md5);
  else if (!strcasecmp(name, "x-amz-meta-md5chksum"))
    snprintf(r->md5_metadata, sizeof r->md5_metadata, "%s", value);
}

bool read_head(connection *c, request *r) {
  memset(r, 0, sizeof *r);
  r->decoded_length = -1;
  char *line = read_line(c);
  if (!line || sscanf(line, "%15s %8191s", r->method, r->target) != 2) return false;
  char *mark = strchr(r->target, '?');
  if (mark) *mark = 0;
  r->query = mark ? mark + 1 : r->target + strlen(r->target);
  while ((line = read_line(c)) && *line) {
    char *colon = strchr(line, ':');
    if (!colon) return false;
    *colon = 0;
    read_header(r, line, colon + 1 + strspn(colon + 1, " "));
  }
  return line != NULL;
}

static bool drop(connection *c, long long count) {
  static __thread char sink[256 * 1024];
  long long buffered = (long long)(c->end - c->start);
  long long used = buffered < count ? buffered : count;
  c->start += (size_t)used;
  count -= used;
  while (count > 0) {
    ssize_t got;
    if (c->ssl) {
      got = SSL_read(c->ssl, sink, count < (long long)sizeof sink ? (int)count : (int)sizeof sink);
    } else {
      /* MSG_TRUNC: the kernel forgets the bytes without copying them. */
      got = recv(c->fd, sink, (size_t)count, MSG_TRUNC | MSG_WAITALL);
    }
    if (got <= 0) return false;
    count -= got;
  }
  return true;
}

bool drop_body(connection *c, request *r) {
  if (r->expects_continue && !send_all(c, "HTTP/1.1 100 Continue\r\n\r\n", 25)) return false;
  if (r->length >= 0) {
    r->received = r->decoded_length >= 0 ? r->decoded_length : r->length;
    return drop(c, r->length);
  }
  long long total = 0;
  for (;;) {
    char *line = read_line(c);
    if (!line) return false;
    long long size = strtoll(line, NULL, 16);
    if (size == 0) break;
    total += size;
    if (!drop(c, size) || !read_line(c)) return false;
  }
  r->received = r->decoded_length >= 0 ? r->decoded_length : total;
  char *line;
  while ((line = read_line(c)) && *line) {
  }
  return line != NULL;
}

void send_answer(connection *c, const char *status, const char *headers, const char *body) {
  char head[2048];
  size_t length = strlen(body);
  int size = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nServer: null-server\r\nContent-Length: %zu\r\n%s\r\n",
                      status, length, headers);
  if (length <= sizeof head - (size_t)size) {
    memcpy(head + size, body, length);
    send_all(c, head, (size_t)size + length);
  } else if (send_all(c, head, (size_t)size)) {
    send_all(c, body, length);
  }
}

void send_head(connection *c, long long length, const char *headers) {
  char head[2048];
  int size = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nServer: null-server\r\nContent-Length: %lld\r\n%s\r\n",
                      length, headers);
  send_all(c, head, (size_t)size);
}

static const char *find_parameter(const request *r, const char *name) {
  size_t length = strlen(name);
  for (const char *at = r->query; at && *at; at = strchr(at, '&'), at = at ? at + 1 : NULL) {
    if (!strncmp(at, name, length) && strchr("=&", at[length])) return at + length;
  }
  return NULL;
}

bool query_has(const request *r, const char *name) { return find_parameter(r, name) != NULL; }

long long query_number(const request *r, const char *name, long long absent) {
  const char *value = find_parameter(r, name);
  return value && *value == '=' ? atoll(value + 1) : absent;
}
