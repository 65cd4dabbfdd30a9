"""A real IMAP server (Debian's dovecot) with one mailbox, for tests: mailbox_peer.py PORT FOLDER CERT KEY.

IMAP over TLS on 127.0.0.1:PORT; the user is "bounces", the password "comeback". Configuration, mail and sockets lie in FOLDER; nothing of the
machine's own dovecot is read or written, nothing listens but this port, and no step needs systemd. Dovecot serves no mail as root: where the
test runs as root, it runs as nobody.
"""
import grp
import os
import pwd
import shutil
import sys

PORT, FOLDER, CERT, KEY = sys.argv[1:5]
if not shutil.which("dovecot"):
    sys.exit("dovecot is not installed: tools/setup test")
home = os.path.join(FOLDER, "dovecot")
os.makedirs(home)
user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
group = grp.getgrgid(user.pw_gid).gr_name
for name, path in (("cert.pem", CERT), ("key.pem", KEY)):
    shutil.copy(path, os.path.join(home, name))
with open(os.path.join(home, "users"), "w", encoding="ascii") as users:
    users.write("bounces:{PLAIN}comeback::::::\n")
with open(os.path.join(home, "dovecot.conf"), "w", encoding="ascii") as conf:
    conf.write(f"""
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
default_internal_user = {user.pw_name}
default_internal_group = {group}
default_login_user = {user.pw_name}
mail_location = maildir:{home}/mail
mail_uid = {user.pw_uid}
mail_gid = {user.pw_gid}
first_valid_uid = {user.pw_uid}
first_valid_gid = {user.pw_gid}
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
ssl_dh =
auth_mechanisms = plain
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = static
  args = uid={user.pw_uid} gid={user.pw_gid} home={home}/mail
}}
# No chroot: that would need root.
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {PORT}
  }}
}}
""")
if os.getuid() == 0:
    os.chmod(FOLDER, 0o755)
    for folder, _, files in os.walk(home):
        for name in ["", *files]:
            os.chown(os.path.join(folder, name), user.pw_uid, user.pw_gid)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
os.execvp("dovecot", ["dovecot", "-F", "-c", os.path.join(home, "dovecot.conf")])
