"""The whole training of docs/method.md §2 and §3, in the size of ml-1m: ELSA for some epochs, the SAE on its embeddings
for more, the nested recommender over all users. Made of the dense steps of elsa.py and sae.py, batches in a fixed order.
The value is ELSA's last loss plus the SAE's at the end of its first epoch.
"""
import torch

import elsa
import recommend
import sae
from lists import from_arrays


class Dense:
    def __init__(self, arrays, sizes):
        self.arrays, self.sizes = arrays, sizes
        self.x = from_arrays(arrays, sizes["items"]).dense()

    def run(self):
        sizes, x = self.sizes, self.x
        first = elsa.Dense.__new__(elsa.Dense)
        first.a = torch.nn.Parameter(self.arrays["a"].clone())
        first.optimiser = elsa.adam([first.a])
        batches = x.split(sizes["batch"])
        for _ in range(sizes["elsaEpochs"]):
            for first.x in batches:
                value = first.run()

        a = first.a.detach() / first.a.detach().norm(dim=1, keepdim=True)
        embeddings = torch.cat([batch @ a for batch in batches])
        weights = {name: self.arrays[name].clone() for name in ("encoder_w", "encoder_b", "decoder_w", "decoder_b")}
        second = sae.Dense({**weights, "u": None}, sizes)
        for epoch in range(sizes["saeEpochs"]):
            for second.u in embeddings.split(sizes["batch"]):
                loss = second.run()
            if epoch == 0:
                value = value + loss

        nested = recommend.Dense.__new__(recommend.Dense)
        nested.a, nested.sae = a, second
        for nested.x in batches:
            nested.run()
        return value
