"""Writes python.json: what Python's hmac and json modules make of given inputs. Run: python3 python.py > python.json"""
import hashlib
import hmac
import json
import random
import struct

keys = ["k", "a0436f6c-1916-498b-8eb9-e81ab9368e84", "ключ 🔑", "x" * 64, "long " * 50]
messages = [
    ["", "", "", ""],
    ['{"msg_id":"1","msg_type":"kernel_info_request"}', "{}", "{}", "{}"],
    ["{}", "{}", '{"tags":["a"]}', '{"code":"print(\\"日本語 😀\\")"}'],
    ["h" * 1000, "p" * 64, "m" * 63, "c" * 65],
]
signatures = []
for key in keys:
    for parts in messages:
        digest = hmac.new(key.encode(), digestmod=hashlib.sha256)
        for part in parts:
            digest.update(part.encode())
        signatures.append({"key": key, "parts": parts, "signature": digest.hexdigest()})

texts = ["0.1", "-0.0", "1e400", "5e-324", "2.2250738585072011e-308", "9223372036854775808", "-9223372036854775809", "123456789012345678901234567890",
         "1E+2", "1.7976931348623157e308", "0.30000000000000004", "4.35", "1e23", "9007199254740993.0"]
generator = random.Random(1)
texts += [repr(generator.uniform(-1, 1) * 10.0 ** generator.randint(-300, 300)) for _ in range(40)]
doubles = [{"text": text, "bits": "%016x" % struct.unpack(">Q", struct.pack(">d", float(text)))[0]} for text in texts]

strings = []
for string in ["", "plain", "quote \" backslash \\ slash / tab \t", "\u0000\u0001\u001f\u007f", "é日本語", "😀👩‍👩‍👧", "\u2028\u2029", "\ufffd\uffff", "a\nb\r\n\b\f"]:
    strings.append({"escaped": json.dumps(string), "plain": json.dumps(string, ensure_ascii=False), "scalars": [ord(c) for c in string]})

invalid = []
for text in ["", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "nul", "nulll", "tru", "True", "01",
             "-", "-a", "+1", "1.", ".5", "1e", "1e+", "0x10", "1 2", "\"", "\"\\", "\"\\u12", "\"\\u12G4\"", "\"\\x\"", "'a'", "\"a\nb\"", "[1}", "{\"a\":1]", "[]]", "// c", "1,"]:
    try:
        json.loads(text)
    except ValueError:
        invalid.append(text)
    else:
        raise SystemExit(f"Python takes {text!r}")
print(json.dumps({"signatures": signatures, "doubles": doubles, "strings": strings, "invalid": invalid}, indent=1))
