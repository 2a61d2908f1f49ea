using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Recovery;

/// <summary>Files of segments and indexes that are missing, cut or damaged when the store is opened.</summary>
public sealed class SegmentFilesTests : IDisposable
{
    private static readonly LogConfig Small = new() { SegmentBytes = 40_000 };

    private readonly StoreRig _rig = new();
    private readonly LogId _id;
    private readonly byte[] _expected;

    /// <summary>Three segments, all in a checkpoint.</summary>
    public SegmentFilesTests()
    {
        PartitionLog log = _rig.Create(Small);
        while (log.Segments.Count < 3)
            _rig.Append(log, valueBytes: 200, times: 20);
        _rig.Checkpoint();
        _id = log.Description.Id;
        _expected = TestLog.ReadAll(log);
    }

    private string[] Data => [.. _rig.Files.ListFiles(_rig.LogFolder).Where(f => f.EndsWith(".log", StringComparison.Ordinal)).Select(f => $"{_rig.LogFolder}/{f}")];

    private string[] Indexes => [.. _rig.Files.ListFiles(_rig.LogFolder).Where(f => f.EndsWith(".index", StringComparison.Ordinal)).Select(f => $"{_rig.LogFolder}/{f}")];

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_missing_index_is_made_again_from_its_segment()
    {
        Assert.NotEmpty(Indexes);
        ChangeAndRestart(() => Array.ForEach(Indexes, _rig.Files.DeleteFile));
        AssertAllIsThere();
    }

    [Theory]
    [InlineData(0)] // zeros
    [InlineData(1)] // flipped bits in every block
    [InlineData(2)] // cut in the middle of a block
    [InlineData(3)] // that of another segment
    public void A_damaged_index_is_made_again_from_its_segment(int kind)
    {
        byte[] first = _rig.Files.ReadWhole(Indexes[0], int.MaxValue);
        ChangeAndRestart(() =>
        {
            foreach (string path in Indexes)
            {
                _rig.Files.Corrupt(path, file =>
                {
                    if (kind == 0)
                        file.Content.Clear();
                    for (int at = 9; kind == 1 && at < file.Length; at += 100)
                        file.Content[at] ^= 0x40;
                    if (kind == 2)
                        file.SetLength(100);
                    if (kind == 3 && path != Indexes[0])
                        file.Write(first, 0);
                });
            }
        });
        AssertAllIsThere();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_segment_that_is_shorter_than_its_checkpoint_is_damage_and_the_rest_can_be_read(int segment)
    {
        int lost = 0;
        ChangeAndRestart(() => _rig.Files.Corrupt(Data[segment], file =>
        {
            lost = 1_000;
            file.SetLength(file.Length - lost);
        }));

        LogDamage damage = Assert.Single(_rig.Store.Damage);
        Assert.Contains("the checkpoint says", damage.ToString());
        Assert.Equal(Data[segment], damage.Path);
        Assert.Equal(AppendRefusal.None, _rig.Store.Refusal);
        PartitionLog log = _rig.OpenLog(_id, Small);
        Assert.NotNull(log.Damage);
        Assert.Equal(AppendRefusal.Damaged, TestLog.TryAppend(log, TestLog.Batch(1, 10)));

        // Before the hole everything is there, in it reading says so, and another log is not concerned.
        long start = log.Segments[segment].BaseOffset;
        Assert.Equal(start, ReadUpTo(log, start));
        Assert.Throws<LogDamagedException>(() => ReadUpTo(log, log.EndOffset));
        PartitionLog other = _rig.Create(topic: "other");
        _rig.Append(other);
    }

    [Fact]
    public void A_segment_that_is_missing_is_damage()
    {
        ChangeAndRestart(() => _rig.Files.DeleteFile(Data[1]));
        Assert.Contains("the file is missing", Assert.Single(_rig.Store.Damage).ToString());
        Assert.Equal(AppendRefusal.Damaged, TestLog.TryAppend(_rig.OpenLog(_id, Small), TestLog.Batch(1, 10)));
    }

    [Fact]
    public void A_truncation_behind_the_checkpoint_explains_a_segment_that_is_short()
    {
        PartitionLog log = _rig.OpenLogAgain(_id, Small);
        SegmentInfo last = log.Segments[^1];
        _rig.Run(log.TruncateAsync(last.BaseOffset + 2));
        byte[] left = TestLog.ReadAll(log);
        _rig.Restart();

        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(left, TestLog.ReadAll(_rig.OpenLog(_id, Small)));
    }

    [Fact]
    public void Damage_that_is_accepted_is_cut_and_the_log_goes_on()
    {
        _rig.Options = _rig.Options with { AcceptDamage = true };
        ChangeAndRestart(() => _rig.Files.Corrupt(Data[^1], file => file.SetLength(file.Length - 700)));

        Assert.Single(_rig.Store.Damage);
        PartitionLog log = _rig.OpenLog(_id, Small);
        byte[] left = TestLog.ReadAll(log);
        Assert.Equal(left, _expected[..left.Length]);
        Assert.InRange(left.Length, _expected.Length - 2_000, _expected.Length - 1);
        _rig.Append(log);
        byte[] more = TestLog.ReadAll(log);

        _rig.Options = _rig.Options with { AcceptDamage = false };
        _rig.Restart();
        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(more, TestLog.ReadAll(_rig.OpenLog(_id, Small)));
    }

    /// <summary>What lies behind the checkpoint is not trusted, whatever it looks like: replay writes it again.</summary>
    [Fact]
    public void What_a_segment_holds_beyond_the_checkpoint_is_written_again()
    {
        PartitionLog log = _rig.OpenLogAgain(_id, Small);
        _rig.Append(log, valueBytes: 150, times: 3);
        _rig.WriteSegments();
        byte[] all = TestLog.ReadAll(log);
        ChangeAndRestart(() => _rig.Files.Corrupt(Data[^1], file => file.Content[^400..].Fill(0xEE)));

        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(all, TestLog.ReadAll(_rig.OpenLog(_id, Small)));
    }

    private void ChangeAndRestart(Action change)
    {
        _rig.Kill();
        change();
        _rig.Restart();
    }

    private void AssertAllIsThere()
    {
        Assert.Empty(_rig.Store.Damage);
        PartitionLog log = _rig.OpenLog(_id, Small);
        Assert.Equal(_expected, TestLog.ReadAll(log, maxBytes: 3_000));
        for (long offset = 0; offset < log.EndOffset; offset += 7)
        {
            using LogRead read = log.Read(offset, long.MaxValue, 1, atLeastOneBatch: true);
            Assert.Equal(offset + 1, read.NextOffset);
        }

        Assert.Equal(0, log.FindTimestamp(1_000)!.Value.Offset);
        _rig.Append(log, times: 40);
        _rig.WriteSegments();
        Assert.Equal(_expected, TestLog.ReadAll(log)[.._expected.Length]);
    }

    private static long ReadUpTo(PartitionLog log, long end)
    {
        long offset = log.StartOffset;
        while (offset < end)
        {
            using LogRead read = log.Read(offset, end, 3_000, atLeastOneBatch: true);
            Assert.True(read.Bytes > 0);
            offset = read.NextOffset;
        }

        return offset;
    }
}
