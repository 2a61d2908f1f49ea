using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Recovery;

/// <summary>A file of the write-ahead log is used again and again; only what its present use has written counts.</summary>
public sealed class RecycledFilesTests
{
    /// <summary>The right bytes in the right place, with a checksum that is right for another use of the file.</summary>
    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 3)]
    public void Bytes_that_look_like_the_next_flush_count_only_with_the_salt_of_this_use(bool hasSalt, long expectedEnd)
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log, times: 3);
        (string path, WalFileHeader header) = WalBytes.Newest(rig.Files, rig.WalDirectory);
        long end = WalBytes.Flushes(rig.Files, path)[^1].NextOffset;
        long start = WalFileHeader.AlignUp(end);
        byte[] batch = TestLog.Stored(TestLog.Batch(1, 50), 3, 0);
        byte[] flush = WalBytes.FlushOf(hasSalt ? header.Salt : header.Salt ^ 1, start, end, log.Description.Id, 3, batch);
        rig.Files.Corrupt(path, file => flush.CopyTo(file.Content[(int)WalBytes.PositionOf(rig.Files, path, start)..]));
        rig.Restart();

        Assert.Empty(rig.Store.Damage);
        Assert.Equal(expectedEnd, rig.OpenLog(log.Description.Id).EndOffset);
    }

    /// <summary>A disk writes a sound record in the place of another one, of the same size, in the same use of the file.</summary>
    [Fact]
    public void A_record_counts_only_in_its_own_place()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        for (int i = 0; i < 3; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 100));
        rig.Sync();
        string path = WalBytes.Newest(rig.Files, rig.WalDirectory).Path;
        WalRecord flush = WalBytes.Flushes(rig.Files, path)[^1];
        int length = WalRecord.HeaderBytes + TestLog.Batch(1, 100).Length;
        int last = (int)WalBytes.PositionOf(rig.Files, path, flush.NextOffset - length);
        rig.Files.Corrupt(path, file => file.Content.Slice(last, length).CopyTo(file.Content[(last - length)..]));
        rig.Restart();

        Assert.Empty(rig.Store.Damage);
        Assert.Equal(1, rig.OpenLog(log.Description.Id).EndOffset);
    }

    /// <summary>A file says twice what its use is; either will do, if the other one is damaged, wherever that is.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(WalFileHeader.PageBytes)]
    public void A_damaged_header_is_read_from_its_copy(int start)
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log, times: 3);
        string path = WalBytes.Newest(rig.Files, rig.WalDirectory).Path;
        for (int at = 0; at < 52; at++)
        {
            rig.Files.Corrupt(path, file => file.Content[start + at] ^= 1);
            rig.Restart();
            Assert.Empty(rig.Store.Damage);
            Assert.Equal(3, rig.OpenLog(log.Description.Id).EndOffset);
            rig.Files.Corrupt(path, file => file.Content[start + at] ^= 1);
        }
    }

    /// <summary>Appends that come while a checkpoint is made may go on in another file; the one before holds some that it does not cover.</summary>
    [Fact]
    public void A_file_is_used_again_only_when_a_checkpoint_covers_all_of_it()
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { CheckpointBytes = 800 * TestLog.KiB });
        PartitionLog log = rig.Create();
        rig.Append(log, valueBytes: 1_000, times: 20);
        string first = WalBytes.Newest(rig.Files, rig.WalDirectory).Path;
        _ = rig.Store.CheckpointAsync(CancellationToken.None);
        rig.Store.PumpCheckpoint();
        rig.WriteSegments();
        while (WalBytes.Newest(rig.Files, rig.WalDirectory).Path == first)
            rig.Append(log, valueBytes: 1_000);
        while (rig.Store.PumpCheckpoint())
        {
        }

        // Two more files: what is free is used.
        for (int uses = 0; uses < 2; uses++)
        {
            string current = WalBytes.Newest(rig.Files, rig.WalDirectory).Path;
            while (WalBytes.Newest(rig.Files, rig.WalDirectory).Path == current)
            {
                if (!rig.Store.HasRoom)
                    rig.Store.PumpCheckpoint();
                rig.Append(log, valueBytes: 1_000);
            }
        }

        byte[] expected = TestLog.ReadAll(log);
        rig.Restart();
        Assert.NotEqual(0, rig.Store.ReplayedBytes);
        Assert.Empty(rig.Store.Damage);
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(log.Description.Id)));
    }

    /// <summary>Files got another size. The last one of the old size goes when a file of the new size is there in its stead, not before.</summary>
    [Fact]
    public void A_file_is_removed_only_when_the_next_one_is_known_to_the_disk()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log, times: 3);
        rig.Options = rig.Options with { WalFileBytes = 2 * rig.Options.WalFileBytes };
        rig.Restart();
        log = rig.OpenLog(log.Description.Id);
        TestLog.MustAppend(log, TestLog.Batch(1, 100));
        _ = rig.Store.CheckpointAsync(CancellationToken.None);
        while (rig.Store.PumpCheckpoint() | rig.Store.PumpSegments(everything: false))
        {
        }

        rig.Restart();
        Assert.Equal(0, rig.Store.ReplayedBytes);
        Assert.Empty(rig.Store.Damage);
        log = rig.OpenLog(log.Description.Id);
        Assert.Equal(3, log.EndOffset);
        rig.Append(log);
        rig.Checkpoint();
        Assert.DoesNotContain(
            rig.Files.ListFiles(rig.WalDirectory).Where(WalFiles.IsName),
            name => rig.Files.TryGetLength($"{rig.WalDirectory}/{name}", out long length) && length != rig.Options.WalFileBytes);
    }

    /// <summary>Who makes a file ready waits for the disk to give it its blocks; the first flush into it does not.</summary>
    [Fact]
    public void The_space_of_a_file_is_on_the_disk_before_the_file_is_used()
    {
        using var rig = new StoreRig();
        var done = new Dictionary<string, List<FileOperationKind>>();
        rig.Files.Before = operation =>
        {
            if (operation.Path.Contains("/wal-", StringComparison.Ordinal))
                (done.TryGetValue(operation.Path, out List<FileOperationKind>? kinds) ? kinds : done[operation.Path] = []).Add(operation.Kind);
        };
        PartitionLog log = rig.Create();
        while (done.Values.Count(kinds => kinds.Contains(FileOperationKind.Allocate) && kinds.Contains(FileOperationKind.Write)) < 2)
            rig.Append(log, valueBytes: 1_000);
        Assert.All(
            done.Values.Where(kinds => kinds.Contains(FileOperationKind.Allocate)),
            kinds => Assert.Equal([FileOperationKind.Open, FileOperationKind.Allocate, FileOperationKind.Sync], kinds.Take(3)));
    }

    /// <summary>A client sends, as a record's value, what a flush of the log looks like; and the flush that carries it is torn.</summary>
    [Fact]
    public void A_payload_that_looks_like_a_flush_is_not_one()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log);
        (string path, WalFileHeader header) = WalBytes.Newest(rig.Files, rig.WalDirectory);
        WalRecord last = WalBytes.Flushes(rig.Files, path)[^1];
        long start = WalFileHeader.AlignUp(last.NextOffset);

        // The value covers a page boundary, where it says that the log had been synced beyond the record that carries it.
        const int ValueBytes = 2 * WalFileHeader.PageBytes;
        long pretended = start + WalFileHeader.PageBytes;
        byte[] look = WalBytes.FlushOf(header.Salt ^ 0x5A5A5A5A, pretended, pretended - 1, log.Description.Id, 1, TestLog.Stored(TestLog.Batch(1, 10), 1, 0));
        int valueStart = (2 * WalRecord.HeaderBytes) + TestLog.Batch(1, ValueBytes).Length - ValueBytes - 1;
        var value = new byte[ValueBytes];
        look.AsSpan(0, 500).CopyTo(value.AsSpan(WalFileHeader.PageBytes - valueStart));
        var builder = new RecordBatchBuilder();
        builder.Append(1_000, null, value);
        TestLog.MustAppend(log, builder.Build());
        rig.Sync();
        int at = (int)WalBytes.PositionOf(rig.Files, path, pretended);
        Assert.Equal(look[..500], rig.Files.ReadWhole(path, int.MaxValue)[at..(at + 500)]);
        rig.Files.Corrupt(path, file => file.Content[at + 1_000] ^= 1);
        rig.Restart();

        Assert.Empty(rig.Store.Damage);
        Assert.Equal(1, rig.OpenLog(log.Description.Id).EndOffset);
    }

    [Fact]
    public void A_file_that_has_been_used_before_holds_only_what_its_last_use_wrote()
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { MaxWalBytes = 3 * 128 * TestLog.KiB });
        PartitionLog log = rig.Create();
        var sequences = new HashSet<long>();
        while (sequences.Count < 12)
        {
            for (int i = 0; i < 20; i++)
                rig.Append(log, valueBytes: 500);
            rig.Checkpoint();
            sequences.Add(WalBytes.Newest(rig.Files, rig.WalDirectory).Header.Sequence);
        }

        Assert.InRange(rig.Files.ListFiles(rig.WalDirectory).Count(WalFiles.IsName), 2, 3);
        byte[] expected = TestLog.ReadAll(log);
        long end = log.EndOffset;
        rig.Restart();
        Assert.Empty(rig.Store.Damage);
        log = rig.OpenLog(log.Description.Id);
        Assert.Equal(end, log.EndOffset);
        Assert.Equal(expected, TestLog.ReadAll(log));
    }

    /// <summary>The power goes when a file has its new header and nothing else: the records of its former life are behind it.</summary>
    [Fact]
    public void A_file_whose_next_use_has_only_begun_holds_nothing()
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { MaxWalBytes = 3 * 128 * TestLog.KiB });
        PartitionLog log = rig.Create();
        while (WalBytes.Newest(rig.Files, rig.WalDirectory).Header.Sequence < 5)
        {
            rig.Append(log, valueBytes: 500);
            rig.Store.PumpCheckpoint();
            rig.WriteSegments();
            if (!rig.Store.HasRoom)
                rig.Checkpoint();
        }

        // The header's sync is the first of two; the flush behind it is not written any more.
        long before = log.DurableEndOffset;
        long newest = WalBytes.Newest(rig.Files, rig.WalDirectory).Header.Sequence;
        int syncs = 0;
        rig.Files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Write && operation.Path.Contains("/wal-") && operation.Offset >= WalFileHeader.DataStart && syncs > 0)
                throw new IOException("The process ends here.");
            if (operation.Kind == FileOperationKind.Write && operation.Path.Contains("/wal-") && operation.Offset == 0)
                syncs++;
        };
        while (rig.Store.Failure is null)
        {
            if (TestLog.TryAppend(log, TestLog.Batch(1, 500)) == AppendRefusal.None)
                rig.Sync();
            rig.Store.PumpAll();
            if (rig.Store.Failure is null)
                before = log.DurableEndOffset;
        }

        rig.Restart();
        Assert.True(WalBytes.Newest(rig.Files, rig.WalDirectory).Header.Sequence > newest);
        Assert.Empty(rig.Store.Damage);
        Assert.Equal(before, rig.OpenLog(log.Description.Id).EndOffset);
    }
}
