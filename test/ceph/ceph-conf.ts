export interface CephConf {
  fsid: string;
  /** Data and logs of the three daemons. */
  folder: string;
  monPort: number;
  gatewayPort: number;
  /** The capacity of the object store in bytes. It is in memory. */
  capacity: number;
}

/** One monitor, one OSD in memory and one gateway, on loopback and without authentication. */
export function formatCephConf({ fsid, folder, monPort, gatewayPort, capacity }: CephConf): string {
  return `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monPort}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
# The gateway's own default is "secure", which does not work without authentication: it hangs 300 s.
ms mon client mode = crc
run dir = ${folder}
admin socket = ""
log file = ${folder}/$name.log
crash dir = ${folder}/crash
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
rgw rados pool pg num min = 8

[mon]
mon data = ${folder}/mon
mon data avail warn = 2
mon data avail crit = 1
auth allow insecure global id reclaim = false
# Every change of the map waits this long, and starting needs many changes. The default is 1 s.
paxos propose interval = 0.02
paxos min wait = 0.01

[osd]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = ${capacity}

[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw data = ${folder}
# By default deleted data stays for 2 h, which fills the memory after a few GiB.
rgw gc obj min wait = 2
rgw gc processor period = 2
rgw gc processor max time = 30
# A gateway that is killed while it joins the parts of an upload leaves it locked; the default is 10 min.
rgw mp lock max time = 15
`;
}
