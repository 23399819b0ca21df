#!/usr/bin/env python3
"""Writes the first inputs of a target: the SQL of the examples and of the tests."""
import gzip, hashlib, json, pathlib, re, sys

target = sys.argv[1]
here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
texts = set()
for path in [*root.glob("examples/**/*.sql"), *root.glob("tests/**/*.sql")]:
    texts.update(re.split(r";\s*\n", path.read_text()))
for path in [*root.glob("pipeline-local/tests/**/*.rs"), *root.glob("pipeline-local/src/**/*.rs")]:
    for text in re.findall(r'"((?:[^"\\]|\\.)*)"', path.read_text(), re.S):
        if re.match(r"\s*(select|with|insert|update|delete|merge|create|alter|drop|show|desc|call|begin|declare|grant|"
                    r"execute|let|values|use|set|truncate|explain)\b", text, re.I):
            texts.add(text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\"))
if target == "scripting":
    texts = {body for text in texts for body in [*re.findall(r"\$\$(.*?)\$\$", text, re.S), text]
             if re.search(r"\bbegin\b", body, re.I)}
inputs = [text.encode() for text in texts if text.strip()]
if target == "wire":
    login = json.dumps({"data": {"LOGIN_NAME": "ADMIN", "PASSWORD": "p", "ACCOUNT_NAME": "x", "CLIENT_APP_ID": "f"}})
    query = json.dumps({"sqlText": "SELECT ?", "asyncExec": False, "parameters": {"MULTI_STATEMENT_COUNT": 0},
                        "bindings": {"1": {"type": "FIXED", "value": "1"}}})
    binds = [{"1": {"type": kind, "value": value}, "2": {"type": kind, "value": [value, None]}}
             for kind, value in [("FIXED", "1"), ("REAL", "1.5e3"), ("TEXT", "x"), ("BOOLEAN", "true"), ("DATE", "86400000"),
                                 ("TIME", "1"), ("TIMESTAMP_NTZ", "1700000000000000000"), ("TIMESTAMP_TZ", "1 1440"),
                                 ("BINARY", "ff"), ("ANY", None)]]
    selects = [text for text in inputs if re.match(rb"\s*(select|with)\b", text, re.I)]
    inputs = [b"\0" + login.encode(), b"\1" + gzip.compress(login.encode()), b"\2" + gzip.compress(query.encode()),
              b"\6" + query.encode(), *(b"\3" + json.dumps(bind).encode() for bind in binds),
              *(b"\4" + text for text in inputs), *(b"\5" + text.split(None, 1)[-1] for text in selects)]
for data in inputs:
    (here / "corpus" / target / hashlib.sha1(data).hexdigest()).write_bytes(data)
