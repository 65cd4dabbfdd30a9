"""Writes a C++ source whose function returns a file's text: embed_text.py NAMESPACE FUNCTION FILE OUTPUT"""
import pathlib
import sys

namespace, function, file, output = sys.argv[1:]
pathlib.Path(output).write_text(f"""#include <string_view>

namespace {namespace} {{

std::string_view {function}();
std::string_view {function}() {{ return R"text({pathlib.Path(file).read_text()})text"; }}

}}  // namespace {namespace}
""")
