#!/bin/sh
# A client written for the documented protocol alone: sign in, ask for URLs, send the parts, finalize.
#   curl-upload.sh <root URL> <app id> <app secret> <file>      prints the answer to finalize
set -eu
root=$1 app_id=$2 app_secret=$3 file=$4

# The value of a key that stands once in a JSON text.
value_of() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p"; }

session=$(curl -sS --fail-with-body -H "X-PV-Meta-App: $app_id" -d "app_id=$app_id" --data-urlencode "app_secret=$app_secret" "${root}login/app")
key=$(echo "$session" | value_of access_key)
token=$(echo "$session" | value_of access_token)
call() { curl -sS --fail-with-body -H "X-PV-Meta-App: $app_id" -H "X-Access-Key: $key" -H "X-Access-Token: $token" "$@"; }

checksum=$(md5sum <"$file" | cut -c 1-32)
size=$(wc -c <"$file" | tr -d ' ')
plan=$(call -G --data-urlencode "filename=$(basename "$file")" -d "size=$size" "${root}me/directupload/videoclip/$checksum/")
chunk_size=$(echo "$plan" | value_of chunk_size)

uploads=
number=0
for url in $(echo "$plan" | grep -o '"url": *"[^"]*"' | sed 's/.*"\(http[^"]*\)"/\1/'); do
  number=$((number + 1))
  etag=$(dd if="$file" bs="$chunk_size" skip=$((number - 1)) count=1 2>/dev/null |
    curl -sS --fail-with-body -T - -H "Transfer-Encoding:" -H "Content-Length: $(dd if="$file" bs="$chunk_size" skip=$((number - 1)) count=1 2>/dev/null | wc -c | tr -d ' ')" -D - -o /dev/null "$url" |
    tr -d '\r' | sed -n 's/^[Ee][Tt]ag: *"\(.*\)"/\1/p')
  uploads="$uploads${uploads:+,}{\"PartNumber\": $number, \"ETag\": \"\\\"$etag\\\"\"}"
done
call --data-urlencode "uploads=[$uploads]" "${root}me/directupload/videoclip/$checksum/"
