import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Daemon } from "../ceph/daemon.ts";
import { ensureDebianPackages } from "../debian-packages.ts";

export interface Nginx {
  /** `http://127.0.0.1:PORT/` */
  baseUrl: string;
  stop(): Promise<void>;
}

/** Debian's nginx before several services, set up as docs/self-hosting.md says but for the TLS. */
export async function startNginx(port: number, ports: number[], folder: string): Promise<Nginx> {
  ensureDebianPackages([{ name: "nginx-light", file: "/usr/sbin/nginx" }]);
  const conf = join(folder, "nginx.conf");
  await writeFile(conf, formatConf(port, ports, folder));
  const daemon = new Daemon("nginx", ["-c", conf, "-p", folder], join(folder, "nginx.out"));
  await daemon.checkRunning();
  return { baseUrl: `http://127.0.0.1:${port}/`, stop: () => daemon.stop() };
}

function formatConf(port: number, ports: number[], folder: string): string {
  const servers = ports.map((each) => `    server 127.0.0.1:${each} max_fails=0;`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join("\n")}
  upstream clipcourier {
${servers.join("\n")}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://clipcourier;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      client_max_body_size 600m;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_read_timeout 10m;
      proxy_send_timeout 10m;
      proxy_connect_timeout 5s;
    }
  }
}
`;
}
