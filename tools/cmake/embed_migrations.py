"""Writes a C++ source that holds SQL migrations: embed_migrations.py NAMESPACE OUTPUT 0001_name.sql …"""
import pathlib
import re
import sys

namespace, output, *files = sys.argv[1:]
rows = []
for file in sorted(map(pathlib.Path, files)):
    number, name = re.fullmatch(r"(\d{4})_(\w+)\.sql", file.name).groups()
    # A raw string literal may hold 64 KiB at most on some compilers; SQL files here stay far below.
    rows.append(f'    {{{int(number)}, "{name}", R"sql({file.read_text()})sql"}},')
body = "\n".join(rows)
pathlib.Path(output).write_text(f"""#include <span>

#include "services/platform/pg/migrator.h"

namespace {namespace} {{

std::span<const evenhand::Migration> Migrations() {{
  static constexpr evenhand::Migration kMigrations[] = {{
{body}
  }};
  return kMigrations;
}}

}}  // namespace {namespace}
""")
