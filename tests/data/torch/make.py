"""Makes archive.bin and stream.bin, as torch.save writes now and wrote before torch 1.6."""
import pathlib

import torch

table = torch.arange(12, dtype=torch.float32).reshape(3, 4)
state = {
    "table": table,
    "tied": table,
    "transposed": table.t(),
    "part": table[1:, 1:3],
    "half": torch.tensor([1, 2, 3], dtype=torch.bfloat16),
    "scalar": torch.tensor(7, dtype=torch.int64),
    "empty": torch.zeros(0, 5),
    "parameter": torch.nn.Parameter(torch.tensor([0.5])),
}
folder = pathlib.Path(__file__).parent
torch.save({"state_dict": state, "step": 3, "note": "not a tensor"}, folder / "archive.bin")
torch.save(state, folder / "stream.bin", _use_new_zipfile_serialization=False)
