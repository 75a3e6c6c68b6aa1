"""Reads bfloat16 tensors of a safetensors file with nothing but the standard library."""
import json
import struct


def read_tensors(path):
    """The file's tensors: name -> their 16-bit patterns, in the order of the elements."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "BF16", (path, name, entry["dtype"])
        begin, end = entry["data_offsets"]
        tensors[name] = struct.unpack_from(f"<{(end - begin) // 2}H", data, 8 + length + begin)
    return tensors
