"""Writes model.safetensors, byte by byte, without the safetensors library.

The format (https://github.com/huggingface/safetensors#format): eight bytes, the length N of the
header as a little-endian integer; N bytes, the header, JSON padded with spaces to a multiple of
eight; then the arrays, row by row, little-endian. The library orders the arrays by the size of their
numbers, largest first, then by name, and so does this.
"""

import json
import pathlib
import struct

# Name, type, shape, numbers row by row.
ARRAYS = [
    ("chain.layers.0.bias", "F64", [3], [0.125, -0.25, 0.5]),
    ("chain.layers.0.weight", "F64", [3, 2], [0.5, 1.5, 10.5, 11.5, 20.5, 21.5]),
    ("chain.layers.1.bias", "F64", [1], [-7.0]),
    ("chain.layers.1.weight", "F64", [1, 3], [1e-3, 2e-3, 3e300]),
    ("weight", "F64", [2, 1], [6.0, -6.0]),
    ("scale", "F32", [], [0.1]),
    ("taps", "F32", [4], [1.0, 2.5, -3.0, 4.75]),
]

header, data = {}, b""
for name, kind, shape, numbers in ARRAYS:
    encoded = struct.pack(f"<{len(numbers)}{'d' if kind == 'F64' else 'f'}", *numbers)
    offsets = [len(data), len(data) + len(encoded)]
    header[name] = {"dtype": kind, "shape": shape, "data_offsets": offsets}
    data += encoded
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
path = pathlib.Path(__file__).with_name("model.safetensors")
path.write_bytes(struct.pack("<Q", len(text)) + text + data)
