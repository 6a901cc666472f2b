#include "store.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_part = 10000 };

typedef struct {
  long long size;
  char md5[33];
} part_facts;

typedef struct {
  char *key;
  char md5_metadata[64];
  long long total, chunk;
  int highest;
  part_facts *parts; /* by part number; grows with the highest */
} upload;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static upload **uploads;
static long long upload_count;
static struct named_object {
  char *key;
  object facts;
  struct named_object *next;
} *objects;

long long create_upload(const char *key, const char *md5_metadata, long long total, long long chunk) {
  upload *u = calloc(1, sizeof *u);
  u->key = strdup(key);
  u->total = total;
  u->chunk = chunk;
  snprintf(u->md5_metadata, sizeof u->md5_metadata, "%s", md5_metadata);
  pthread_mutex_lock(&lock);
  uploads = realloc(uploads, sizeof *uploads * (size_t)(upload_count + 1));
  uploads[upload_count] = u;
  long long id = upload_count++;
  pthread_mutex_unlock(&lock);
  return id;
}

static void grow(upload *u, int part) {
  if (part <= u->highest) return;
  u->parts = realloc(u->parts, sizeof *u->parts * (size_t)(part + 1));
  memset(u->parts + u->highest + (u->highest > 0), 0,
         sizeof *u->parts * (size_t)(part - u->highest + (u->highest == 0)));
  u->highest = part;
}

bool store_part(long long id, long long part, long long size, const char *md5, char *etag) {
  if (part < 1 || part > max_part) return false;
  pthread_mutex_lock(&lock);
  bool known = id >= 0 && id < upload_count;
  if (known) {
    grow(uploads[id], (int)part);
    part_facts *facts = &uploads[id]->parts[part];
    facts->size = size;
    snprintf(facts->md5, sizeof facts->md5, "%s", md5);
  }
  pthread_mutex_unlock(&lock);
  /* A real store answers the MD5. Without computing one, only what was promised can be said. */
  if (*md5) snprintf(etag, 48, "%s", md5);
  else snprintf(etag, 48, "null-%lld-%lld", id, part);
  return known;
}

static bool is_whole(const upload *u) {
  long long sum = 0;
  for (int part = 1; part <= u->highest; part++) {
    long long size = u->parts[part].size;
    if (size == 0 || (u->chunk && part < u->highest && size != u->chunk)) return false;
    sum += size;
  }
  return sum > 0 && (!u->total || sum == u->total);
}

/* S3's ETag of a multipart object: the MD5 of the parts' MD5s, and their number. */
static void combine_etags(const upload *u, char *etag) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, EVP_md5(), NULL);
  for (int part = 1; part <= u->highest; part++) {
    for (int i = 0; i < 32; i += 2) {
      char pair[3] = {u->parts[part].md5[i], u->parts[part].md5[i + 1], 0};
      unsigned char byte = (unsigned char)strtol(pair, NULL, 16);
      EVP_DigestUpdate(context, &byte, 1);
    }
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_DigestFinal_ex(context, digest, NULL);
  EVP_MD_CTX_free(context);
  for (int i = 0; i < 16; i++) sprintf(etag + 2 * i, "%02x", digest[i]);
  sprintf(etag + 32, "-%d", u->highest);
}

bool complete_upload(long long id, object *result) {
  pthread_mutex_lock(&lock);
  upload *u = id >= 0 && id < upload_count ? uploads[id] : NULL;
  bool whole = u && is_whole(u);
  if (whole) {
    memset(result, 0, sizeof *result);
    bool has_md5 = true;
    for (int part = 1; part <= u->highest; part++) {
      result->size += u->parts[part].size;
      has_md5 = has_md5 && u->parts[part].md5[0];
    }
    memcpy(result->md5_metadata, u->md5_metadata, sizeof result->md5_metadata);
    if (has_md5) combine_etags(u, result->etag);
    else snprintf(result->etag, sizeof result->etag, "null-%d", u->highest);
  }
  char *key = whole ? strdup(u->key) : NULL;
  pthread_mutex_unlock(&lock);
  if (key) put_object(key, result);
  free(key);
  return whole;
}

long long find_upload(const char *key) {
  pthread_mutex_lock(&lock);
  long long id = upload_count - 1;
  while (id >= 0 && strcmp(uploads[id]->key, key)) id--;
  pthread_mutex_unlock(&lock);
  return id;
}

void put_object(const char *key, const object *o) {
  struct named_object *entry = calloc(1, sizeof *entry);
  entry->key = strdup(key);
  entry->facts = *o;
  pthread_mutex_lock(&lock);
  entry->next = objects;
  objects = entry;
  pthread_mutex_unlock(&lock);
}

bool get_object(const char *key, object *result) {
  pthread_mutex_lock(&lock);
  struct named_object *at = objects;
  while (at && strcmp(at->key, key)) at = at->next;
  if (at) *result = at->facts;
  pthread_mutex_unlock(&lock);
  return at != NULL;
}
