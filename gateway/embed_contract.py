"""Writes a C++ file that links every proto of the contract in and holds their descriptors with comments.

usage: embed_contract.py OUTPUT DESCRIPTOR_SET PROTO...
"""
import re
import sys

output, descriptor_set, *protos = sys.argv[1:]
tables = ["descriptor_table_" + re.sub(r"[^A-Za-z0-9]", lambda m: f"_{ord(m[0]):02x}", p) for p in protos]
data = open(descriptor_set, "rb").read()
rows = ",".join(str(b) for b in data)
with open(output, "w") as out:
    out.write('#include "gateway/contract_data.h"\n\n#include <google/protobuf/generated_message_reflection.h>\n\n')
    for table in tables:  # a reference pulls the object, and with it the registration, out of the static library
        out.write(f"extern const ::google::protobuf::internal::DescriptorTable {table};\n")
    out.write("\nnamespace evenhand::gateway {\n\nnamespace {\nconst unsigned char kSet[] = {" + rows + "};\n}  // namespace\n\n")
    out.write("std::vector<std::string> ContractFileNames() {\n  return {\n")
    for table in tables:
        out.write(f"      {table}.filename,\n")
    out.write("  };\n}\n\nstd::string_view ContractDescriptorSet() { return {reinterpret_cast<const char*>(kSet), sizeof kSet}; }\n\n}  // namespace evenhand::gateway\n")
