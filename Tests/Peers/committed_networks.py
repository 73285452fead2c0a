"""What the references of whole networks share: live files with every value, and the comparison of a committed network with one computed
again."""
import argparse
import pathlib
import sys

import numpy
from safetensors.torch import save_file


def channels_last(value):
    return (value.permute(0, 2, 3, 1) if value.dim() == 4 else value).contiguous()


def write_live(folder, name, parameters, images, values, gradient, logits):
    """The weights of a network, and the values of its nodes for some images with the gradient of the logits."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(parameters, folder / f"{name}.weights.safetensors")
    tensors = {"images": channels_last(images), "gradient": channels_last(gradient)}
    tensors |= {"activation/" + node: channels_last(value) for node, value in values.items()}
    save_file(tensors, folder / f"{name}.values.safetensors", metadata={"logits": logits})


def compare(committed, found):
    """Ends the program when the committed network is not the one that was found."""
    pairs = [(committed["activations"].pop(node), value) for node, value in found["activations"].items()]
    pairs += [(committed["gradient"], found["gradient"]), (committed["oblong"]["values"], found["oblong"]["values"])]
    if committed["tensors"] != found["tensors"] or committed["activations"]:
        sys.exit(f"{committed['name']} has other tensors or other nodes")
    if not all(numpy.allclose(a, b, rtol=1e-6, atol=1e-6 * b[0]) for a, b in pairs):
        sys.exit(f"{committed['name']} has other values")


def arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--live", type=pathlib.Path)
    return parser.parse_args()
