"""What `cepheid run` makes of input that is not as it should be: never a crash, each bad row counted, each good one kept."""
import gzip
import json
import struct
import unittest

import program
from program import event

GOOD = event(1) + event(2)


def ids(rows):
    return [row['id'] for row in rows]


def zstd_frame(data):
    """A Zstandard frame of `data` in raw blocks: valid, only not smaller."""
    frame = struct.pack('<IBQ', 0xFD2FB528, 0xE0, len(data))    # magic, single segment with 8 bytes of content size
    blocks = [data[i:i + 100_000] for i in range(0, len(data), 100_000)] or [b'']
    for n, block in enumerate(blocks):
        last = n == len(blocks) - 1
        frame += struct.pack('<I', len(block) << 3 | last)[:3] + block
    return frame


class Json(program.ProgramTest):
    def test_lines_that_are_no_object_are_counted_and_skipped(self):
        bad = ['garbage', '{"id":1,', '[1,2]', '42', '"text"', 'null', '{"id":3,"ts":3000}}', '{"id" 3}', '\x01\x02']
        rows = self.run_rows('e.jsonl', event(1) + ''.join(line + '\n' for line in bad) + event(2), invalid=len(bad))
        self.assertEqual(ids(rows), [1, 2])

    def test_values_of_a_wrong_type_are_invalid(self):
        bad = ['{"id":"1","ts":1}', '{"id":1.5,"ts":1}', '{"id":true,"ts":1}', '{"id":1,"ts":"yesterday"}', '{"id":1,"ts":1.5}',
               '{"id":1,"ts":1,"name":5}', '{"id":1,"ts":1,"price":"5"}', '{"id":1,"ts":1,"whole":[1]}', '{"id":{},"ts":1}']
        rows = self.run_rows('e.jsonl', GOOD + ''.join(line + '\n' for line in bad), invalid=len(bad))
        self.assertEqual(ids(rows), [1, 2])

    def test_numbers_at_the_edge(self):
        bad = ['{"id":9223372036854775808,"ts":1}', '{"id":-9223372036854775809,"ts":1}', '{"id":1,"ts":1,"price":NaN}',
               '{"id":1,"ts":1,"price":Infinity}', '{"id":1,"ts":1,"whole":1e2}']
        good = ['{"id":9223372036854775807,"ts":1}', '{"id":-9223372036854775808,"ts":1}', '{"id":5,"ts":1,"price":1e308}']
        rows = self.run_rows('e.jsonl', '\n'.join(good + bad))
        self.assertIn(2**63 - 1, ids(rows))
        self.assertIn(-2**63, ids(rows))
        self.assertEqual([row['price'] for row in rows if row['id'] == 5], [1e308])
        self.assertTrue(all(row['price'] is None or row['price'] == 1e308 for row in rows), rows)

    def test_required_fields_are_required(self):
        bad = ['{"ts":1}', '{"id":null,"ts":1}', '{"id":1}', '{"id":1,"ts":null}', '{}']
        rows = self.run_rows('e.jsonl', GOOD + ''.join(line + '\n' for line in bad), invalid=len(bad))
        self.assertEqual(ids(rows), [1, 2])

    def test_invalid_utf8_is_counted(self):
        data = GOOD.encode() + b'{"id":3,"ts":3000,"name":"\xff\xfe"}\n' + event(4).encode()
        self.assertEqual(ids(self.run_rows('e.jsonl', data, invalid=1)), [1, 2, 4])

    def test_line_ends_empty_lines_and_byte_order_mark(self):
        for name, data in {'no last line end': GOOD.rstrip('\n'), 'CRLF': GOOD.replace('\n', '\r\n'),
                           'empty lines': '\n\n' + GOOD.replace('\n', '\n\n'), 'byte order mark': '\ufeff' + GOOD}.items():
            with self.subTest(name):
                self.assertEqual(ids(self.run_rows('e.jsonl', data, invalid=0)), [1, 2])

    def test_an_empty_file_gives_an_empty_output(self):
        self.assertEqual(self.run_rows('e.jsonl', b'', invalid=0), [])
        self.assertEqual(self.run_rows('e.jsonl', b'\n', invalid=0), [])

    def test_text_comes_out_as_it_went_in(self):
        text = 'é 서울 \U0001f600 "quoted" \\ \n\t\x01 \u2028'
        self.assertEqual(self.run_rows('e.jsonl', event(1, text))[0]['name'], text)

    def test_a_very_long_line_is_read(self):
        self.assertEqual(len(self.run_rows('e.jsonl', event(1, 'x' * 3_000_000) + event(2))[0]['name']), 3_000_000)

    def test_deep_nesting_does_no_harm(self):
        deep = '{"id":3,"ts":3000,"other":' + '[' * 100_000 + ']' * 100_000 + '}\n'
        self.assertEqual([i for i in ids(self.run_rows('e.jsonl', event(1) + deep + event(2))) if i != 3], [1, 2])


class Csv(program.ProgramTest):
    HEAD = 'id,ts,name,price,whole\n'

    def rows_of(self, data, **more):
        return self.run_rows('e.csv', data, format='csv', **more)

    def test_cells_of_a_wrong_type_are_counted(self):
        bad = ['x,1,a,,', '1.5,1,a,,', '1,yesterday,a,,', '1,1,a,cheap,', '1,1,a,,1e2', '9223372036854775808,1,a,,', '1,1,a,NaN,',
               ',1,a,,', '1,,a,,']
        rows = self.rows_of(self.HEAD + '1,1000,a,,\n' + '\n'.join(bad) + '\n2,2000,b,1.5,7\n', invalid=len(bad))
        self.assertEqual(ids(rows), [1, 2])
        self.assertEqual((rows[0]['price'], rows[1]['price'], rows[1]['whole']), (None, 1.5, 7))

    def test_quotes_commas_and_line_ends_in_cells(self):
        rows = self.rows_of('name,id,ts\n"a, ""b""\nc",1,1000\n"",2,2000\n', invalid=0)
        self.assertEqual([row['name'] for row in rows], ['a, "b"\nc', None])

    def test_a_row_with_fewer_cells_lacks_the_others(self):
        self.assertEqual(ids(self.rows_of(self.HEAD + '1,1000\n2\n3,3000,c\n', invalid=1)), [1, 3])

    def test_line_ends_empty_lines_and_byte_order_mark(self):
        data = self.HEAD + '1,1000,a,,\n2,2000,b,,\n'
        for name, data in {'no last line end': data.rstrip('\n'), 'CRLF': data.replace('\n', '\r\n'),
                           'empty lines': data.replace('\n', '\n\n'), 'byte order mark': '\ufeff' + data}.items():
            with self.subTest(name):
                self.assertEqual(ids(self.rows_of(data, invalid=0)), [1, 2])

    def test_empty_files_give_an_empty_output(self):
        self.assertEqual(self.rows_of(b'', invalid=0), [])
        self.assertEqual(self.rows_of(self.HEAD, invalid=0), [])

    def test_invalid_utf8_is_counted(self):
        data = self.HEAD.encode() + b'1,1000,\xff,,\n2,2000,b,,\n'
        self.assertEqual(ids(self.rows_of(data, invalid=1)), [2])

    def test_an_open_quote_does_no_harm(self):
        self.rows_of(self.HEAD + '1,1000,"a,,\n2,2000,b,,\n')


class Compressed(program.ProgramTest):
    def test_gzip_and_zstandard_are_unpacked(self):
        data = ''.join(event(i) for i in range(5000)).encode()
        for name, packed in {'e.jsonl.gz': gzip.compress(data), 'e.jsonl.zst': zstd_frame(data),
                             'two.jsonl.gz': gzip.compress(data[:1000]) + gzip.compress(data[1000:])}.items():
            with self.subTest(name):
                self.assertEqual(ids(self.run_rows(name, packed, invalid=0)), list(range(5000)))

    def test_a_cut_or_damaged_file_is_status_1(self):
        data = ''.join(event(i) for i in range(5000)).encode()
        damaged = bytearray(gzip.compress(data))
        damaged[len(damaged) // 2] ^= 0xFF
        for name, packed in {'cut.jsonl.gz': gzip.compress(data)[:-20], 'cut.jsonl.zst': zstd_frame(data)[:-20],
                             'damaged.jsonl.gz': bytes(damaged)}.items():
            with self.subTest(name):
                self.write(name, packed)
                self.write('app.cep', program.STREAM.format(source=f'file "{name}"', format='json') + program.ALL +
                           'sink out from all_rows to file "out.jsonl"')
                _, err = self.cepheid('run', 'app.cep', status=1)
                self.assertIn(name, err)


class Late(program.ProgramTest):
    def test_late_rows_reach_no_pattern_and_are_given_aside(self):
        rules = program.STREAM.format(source='file "e.jsonl"', format='json').replace('time ts', 'time ts lateness 2s late to late_events')
        self.write('app.cep', rules + program.PAIRS + '''
            sink pairs_out from pairs to file "pairs.jsonl"
            sink late_out from late_events to file "late.jsonl"''')
        self.write('e.jsonl', event(10, 'x') + event(8, 'a') + event(7, 'a') + event(11, 'b') + event(20, 'b'))
        self.cepheid('run', 'app.cep')
        self.assertEqual(self.rows('pairs.jsonl'), [{'a': 8, 'b': 11}])
        self.assertEqual(ids(self.rows('late.jsonl')), [7])

    def test_invalid_rows_are_given_aside_with_their_place(self):
        rules = program.STREAM.format(source='file "e.jsonl"', format='json').replace('time ts', 'time ts invalid to bad')
        self.write('app.cep', rules + 'sink bad_out from bad to file "bad.jsonl"')
        self.write('e.jsonl', event(1) + 'garbage\n' + event(2))
        self.cepheid('run', 'app.cep')
        bad = self.rows('bad.jsonl')
        self.assertEqual([row['line'] for row in bad], ['garbage'])
        self.assertTrue(bad[0]['place'].endswith('e.jsonl:2'), bad)
        self.assertTrue(bad[0]['reason'])


if __name__ == '__main__':
    unittest.main()
