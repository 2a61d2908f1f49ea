using Actors.Log.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Log.Tests.Recovery;

/// <summary>
/// Whatever happens to the bytes of a write-ahead log, reading it yields a prefix of what was written; and all that was synced, or a
/// finding of damage.
/// </summary>
public sealed class WalScanProperties
{
    /// <summary>What is behind the last sync may be anything: the log is read to that point, and perhaps on, without a finding.</summary>
    [Fact]
    public void Any_garbage_behind_the_last_sync_loses_nothing_and_adds_nothing()
        => Prop.ForAll(Sizes(), Damages(), (sizes, damages) =>
        {
            using Written wal = Write(sizes);
            int synced = wal.Flushes.Count - 1;
            wal.Damage(damages, wal.Flushes[synced].Start, wal.Length);
            List<WalRecord> read = wal.Read(out string? damage);
            Assert.Null(damage);
            AssertPrefix(wal, read, wal.Flushes[synced].FirstRecord);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_cut_anywhere_behind_the_last_sync_loses_nothing_and_adds_nothing()
        => Prop.ForAll(Sizes(), Gen.Choose(0, 1_000_000).ToArbitrary(), (sizes, at) =>
        {
            using Written wal = Write(sizes);
            (int start, int firstRecord) = wal.Flushes[^1];
            wal.Cut(start + (at % (wal.Length - start + 1)));
            List<WalRecord> read = wal.Read(out _);
            AssertPrefix(wal, read, firstRecord);
        }).QuickCheckThrowOnFailure();

    /// <summary>As long as the last flush is whole it tells what was synced before it: whatever rots there is found.</summary>
    [Fact]
    public void Damage_before_the_last_flush_is_found()
        => Prop.ForAll(Sizes(), Damages(), (sizes, damages) =>
        {
            using Written wal = Write(sizes);
            wal.Damage(damages, WalFileHeader.DataStart, wal.Flushes[^1].Start);
            List<WalRecord> read = wal.Read(out string? damage);
            AssertPrefix(wal, read, damage is null ? wal.Records.Count : 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Damage_anywhere_yields_nothing_that_was_not_written()
        => Prop.ForAll(Sizes(), Damages(), (sizes, damages) =>
        {
            using Written wal = Write(sizes);
            wal.Damage(damages, WalFileHeader.DataStart, wal.Length);
            AssertPrefix(wal, wal.Read(out _), 0);
        }).QuickCheckThrowOnFailure();

    /// <summary>Records of another use of the file, whole and in the right place, do not count, wherever they begin.</summary>
    [Fact]
    public void What_another_use_of_the_file_has_written_does_not_count()
        => Prop.ForAll(Sizes(), Sizes(), (sizes, others) =>
        {
            using Written wal = Write(sizes, seed: 1);
            using Written other = Write(others, seed: 2);
            int from = (int)WalFileHeader.AlignUp(wal.Length);
            wal.Paste(other.Bytes(), from);
            List<WalRecord> read = wal.Read(out string? damage);
            Assert.Null(damage);
            Assert.Equal(wal.Records, read);
        }).QuickCheckThrowOnFailure();

    /// <summary>Flushes of one to five records of these sizes; at least two flushes.</summary>
    private static Arbitrary<int[][]> Sizes() =>
        Gen.Choose(0, 3_000).ArrayOf().Where(records => records.Length is > 0 and < 6).ArrayOf().Where(flushes => flushes.Length is > 1 and < 9).ToArbitrary();

    /// <summary>Runs of bytes to be changed: where, how many, and to what (256 flips a bit).</summary>
    private static Arbitrary<(int At, int Length, int Value)[]> Damages() =>
        (from at in Gen.Choose(0, 1_000_000)
         from length in Gen.Frequency((3, Gen.Choose(1, 8)), (1, Gen.Choose(1, 6_000)))
         from value in Gen.Choose(0, 256)
         select (at, length, value)).NonEmptyListOf().Select(list => list.Take(6).ToArray()).ToArbitrary();

    private static void AssertPrefix(Written wal, List<WalRecord> read, int atLeast)
    {
        Assert.InRange(read.Count, atLeast, wal.Records.Count);
        Assert.Equal(wal.Records.Take(read.Count), read);
    }

    private static Written Write(int[][] flushes, int seed = 1)
    {
        var rig = new StoreRig(TestLog.SmallOptions(seed: seed) with { WalFileBytes = 512 * TestLog.KiB, MaxWalBytes = 2 * TestLog.MiB });
        PartitionLog log = rig.Create();
        foreach (int[] sizes in flushes)
        {
            foreach (int size in sizes)
                TestLog.MustAppend(log, TestLog.Batch(1, size, fill: (byte)size));
            Assert.True(rig.Store.PumpFlush());
        }

        rig.Kill();
        return new Written(rig);
    }

    /// <summary>One file of a write-ahead log, with all that was written to it; the last flush counts as not synced.</summary>
    private sealed class Written : IDisposable
    {
        private readonly StoreRig _rig;
        private readonly string _path;

        public Written(StoreRig rig)
        {
            _rig = rig;
            _path = WalBytes.Newest(rig.Files, rig.WalDirectory).Path;
            Records = Read(out _);
            Length = (int)WalBytes.PositionOf(rig.Files, _path, Records[^1].EndLsn);
            Flushes = [.. Records.Select((record, index) => (record, index)).Where(r => r.record.Type == WalRecordType.FlushHeader)
                .Select(r => ((int)WalBytes.PositionOf(rig.Files, _path, r.record.Lsn), r.index))];
        }

        public List<WalRecord> Records { get; }

        public List<(int Start, int FirstRecord)> Flushes { get; }

        /// <summary>Bytes of the file up to the last record's end.</summary>
        public int Length { get; }

        public byte[] Bytes() => _rig.Files.ReadWhole(_path, int.MaxValue)[WalFileHeader.DataStart..Length];

        public void Damage((int At, int Length, int Value)[] damages, int from, int to) => _rig.Files.Corrupt(_path, file =>
        {
            foreach ((int at, int length, int value) in damages)
            {
                int start = from + (at % (to - from));
                foreach (ref byte b in file.Content.Slice(start, Math.Min(length, to - start)))
                    b = value == 256 ? (byte)(b ^ 0x10) : (byte)value;
            }
        });

        public void Cut(int length) => _rig.Files.Corrupt(_path, file => file.SetLength(length));

        public void Paste(byte[] bytes, int at) => _rig.Files.Corrupt(_path, file =>
            bytes.AsSpan(0, Math.Min(bytes.Length, file.Length - at)).CopyTo(file.Content[at..]));

        /// <summary>Reads as recovery does.</summary>
        public List<WalRecord> Read(out string? damage)
        {
            var found = new List<WalFileFound>();
            foreach (string name in _rig.Files.ListFiles(_rig.WalDirectory).Where(WalFiles.IsName))
            {
                string path = $"{_rig.WalDirectory}/{name}";
                _rig.Files.TryGetLength(path, out long length);
                found.Add(new WalFileFound(found.Count, path, length, WalBytes.HeaderOf(_rig.Files, path)));
            }

            using var scanner = new WalScanner(_rig.Files, found, startLsn: 0, static () => { });
            var records = new List<WalRecord>();
            while (scanner.Next(out WalRecord record, out int payloadStart))
            {
                Assert.True(WalRecord.TryRead(scanner.Buffer.AsSpan(payloadStart - WalRecord.HeaderBytes), found.First(f => f.Path == _path).Header!.Value.Salt, record.Lsn, out WalRecord again));
                Assert.Equal(record, again);
                records.Add(record);
            }

            damage = scanner.Damage;
            return records;
        }

        public void Dispose() => _rig.Dispose();
    }
}
