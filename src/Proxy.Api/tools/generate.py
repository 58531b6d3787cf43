#!/usr/bin/env python3
"""Writes protos/ and v3.schema from the API fact tables.

usage: generate.py FOLDER-WITH-TABLES   (messages.tsv, enums.tsv, extensions.tsv, extension-slots.tsv)

Run by hand when roots.txt or the tables change; what it writes is committed, the build needs no Python.
"""
import collections
import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCALARS = {'double', 'float', 'int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64', 'fixed32', 'fixed64',
           'sfixed32', 'sfixed64', 'bool', 'string', 'bytes'}
GOOGLE = {'Any': 'any', 'Duration': 'duration', 'Struct': 'struct', 'Value': 'struct', 'ListValue': 'struct',
          'NullValue': 'struct', 'Timestamp': 'timestamp', 'Empty': 'empty', 'FieldMask': 'field_mask'}
RULE = re.compile(r'^[a-z_0-9]+(\.[a-z_0-9]+)*(=|$)')

# The tables name what fits everywhere; these fit where a matcher looks at requests or connections, which its user checks.
MORE_SLOTS = {('xds.type.matcher.v3.Matcher.MatcherList.Predicate.SinglePredicate', 'input'): ('envoy.matching.http.input', 'envoy.matching.network.input')}

Field = collections.namedtuple('Field', 'number name type label oneof rules flags')


def rows(folder, name):
    with open(os.path.join(folder, name), encoding='utf-8') as f:
        for line in f:
            if not line.startswith('#'):
                yield line.rstrip('\n').split('\t')


def split_rules(text):
    """Rules are joined by '; ', which may also stand inside a pattern."""
    out = []
    for part in [] if text == '-' else text.split('; '):
        if out and (not RULE.match(part) or out[-1].count('"') % 2):
            out[-1] += '; ' + part
        else:
            out.append(part)
    return out


class Tables:
    def __init__(self, folder):
        self.messages, self.proto, self.package = {}, {}, {}
        self.enums = collections.defaultdict(list)
        self.categories, self.slots = collections.defaultdict(set), collections.defaultdict(set)
        for package, proto, message, number, name, kind, label, oneof, _, rules, flags in rows(folder, 'messages.tsv'):
            self.messages.setdefault(message, [])
            self.proto[message], self.package[message] = proto, package
            if number != '-':
                self.messages[message].append(Field(int(number), name, kind, label, oneof, split_rules(rules),
                                                    [] if flags == '-' else re.split(r'[;,] ?', flags)))
        for enum, value, number, _ in rows(folder, 'enums.tsv'):
            self.enums[enum].append((value, int(number)))
        for url, _, category, *_ in rows(folder, 'extensions.tsv'):
            self.categories[url.split('/')[-1]].update([] if category == '-' else category.split(','))
        for category, message, field, *_ in rows(folder, 'extension-slots.tsv'):
            self.slots[message, field].add(category)
        for slot, categories in MORE_SLOTS.items():
            self.slots[slot].update(categories)

    def closure(self, roots):
        found, todo = set(), list(roots)
        while todo:
            name = todo.pop()
            if name in found or name in SCALARS or name.startswith('google.protobuf.'):
                continue
            if name not in self.messages and name not in self.enums:
                sys.exit(f'not in the tables: {name}')
            found.add(name)
            for field in self.messages.get(name, ()):
                todo.append(value_type(field.type))
            parent = name.rpartition('.')[0]
            if parent in self.messages:
                todo.append(parent)
        return found


def value_type(kind):
    return kind[kind.index(',') + 1:-1].strip() if kind.startswith('map<') else kind


def csharp_namespace(package):
    return '.'.join(''.join(w[:1].upper() + w[1:] for w in part.split('_')) for part in package.split('.'))


class ProtoWriter:
    def __init__(self, tables, names):
        self.tables, self.names = tables, names
        self.children = collections.defaultdict(list)
        self.files = collections.defaultdict(list)
        for name in sorted(names):
            parent = name.rpartition('.')[0]
            if parent in tables.messages:
                self.children[parent].append(name)
            else:
                self.files[self.file_of(name)].append(name)

    def file_of(self, name):
        while name.rpartition('.')[0] in self.tables.messages:
            name = name.rpartition('.')[0]
        if name in self.tables.messages:
            return self.tables.proto[name]
        # The tables do not say where a top-level enum is declared; enums need nothing, so a file of their own is safe.
        return name.rpartition('.')[0].replace('.', '/') + '/enums.proto'

    def imports(self, name):
        for field in self.tables.messages.get(name, ()):
            kind = value_type(field.type)
            if kind.startswith('google.protobuf.'):
                short = kind.split('.')[-1]
                yield 'google/protobuf/' + GOOGLE.get(short, 'wrappers') + '.proto'
            elif kind not in SCALARS:
                yield self.file_of(kind)
        for child in self.children[name]:
            yield from self.imports(child)

    def enum(self, name, indent):
        lines = [f'{indent}enum {name.split(".")[-1]} {{']
        values = sorted(self.tables.enums[name], key=lambda v: v[1] != 0)
        if len({number for _, number in values}) != len(values):
            lines.append(f'{indent}  option allow_alias = true;')
        lines += [f'{indent}  {value} = {number};' for value, number in values]
        return lines + [indent + '}']

    def message(self, name, indent):
        lines = [f'{indent}message {name.split(".")[-1]} {{']
        for child in self.children[name]:
            lines += self.declaration(child, indent + '  ')
        done = set()
        for field in self.tables.messages[name]:
            if field.oneof == '-':
                lines.append(f'{indent}  {self.field(field)}')
            elif field.oneof not in done:
                done.add(field.oneof)
                lines.append(f'{indent}  oneof {field.oneof} {{')
                lines += [f'{indent}    {self.field(f)}' for f in self.tables.messages[name] if f.oneof == field.oneof]
                lines.append(f'{indent}  }}')
        return lines + [indent + '}']

    def field(self, field):
        label = field.label + ' ' if field.label in ('repeated', 'optional') else ''
        kind = field.type
        if kind.startswith('map<'):
            key, value = kind[4:-1].split(',')
            kind = f'map<{key}, {self.type_name(value.strip())}>'
        else:
            kind = self.type_name(kind)
        return f'{label}{kind} {field.name} = {field.number};'

    @staticmethod
    def type_name(kind):
        return kind if kind in SCALARS else '.' + kind

    def declaration(self, name, indent):
        return self.message(name, indent) if name in self.tables.messages else self.enum(name, indent)

    def write(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        for path, names in self.files.items():
            package = names[0].rpartition('.')[0]
            uses = sorted({i for n in names for i in self.imports(n)} - {path})
            lines = ['syntax = "proto3";', '', f'package {package};', '']
            lines += [f'import "{i}";' for i in uses] + ([''] if uses else [])
            lines += [f'option csharp_namespace = "{csharp_namespace(package)}";']
            for name in names:
                lines += [''] + self.declaration(name, '')
            target = os.path.join(folder, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, 'w', encoding='utf-8', newline='\n') as f:
                f.write('\n'.join(lines) + '\n')


def write_schema(tables, names, target):
    """One block a type, sorted. M message [categories]: number name type label oneof flags slots rules…; E enum: number value.

    The type of an enum field has a # in front.
    """
    lines = []
    for name in sorted(names):
        if name in tables.messages:
            lines.append('\t'.join(['M', name, ','.join(sorted(tables.categories[name])) or '-']))
            for f in tables.messages[name]:
                label = 'map' if f.type.startswith('map<') else f.label
                kind = value_type(f.type)
                kind = f.type.replace(kind, '#' + kind) if kind in tables.enums else f.type
                slots = ','.join(sorted(tables.slots[name, f.name])) or '-'
                lines.append('\t'.join([str(f.number), f.name, kind, label, f.oneof, ','.join(f.flags) or '-', slots] + f.rules))
        else:
            lines.append('\t'.join(['E', name]))
            lines += [f'{number}\t{value}' for value, number in tables.enums[name]]
    # Extensions of the API that are not in our set: a refusal can then say "known, not supported yet".
    for name in sorted(tables.categories):
        if name not in names:
            lines.append('\t'.join(['X', name, ','.join(sorted(tables.categories[name])) or '-']))
    with open(target, 'w', encoding='utf-8', newline='\n') as f:
        f.write('\n'.join(lines) + '\n')


def main():
    tables = Tables(sys.argv[1])
    with open(os.path.join(HERE, 'roots.txt'), encoding='utf-8') as f:
        roots = [line.strip() for line in f if line.strip() and not line.startswith('#')]
    names = tables.closure(roots)
    ProtoWriter(tables, names).write(os.path.join(HERE, 'protos'))
    write_schema(tables, names, os.path.join(HERE, 'v3.schema'))
    print(f'{len(names)} messages and enums')


main()
