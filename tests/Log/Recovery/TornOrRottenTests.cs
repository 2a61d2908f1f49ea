using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Recovery;

/// <summary>A bad record at the end of the write-ahead log was never acknowledged; one before bytes that are known as synced was.</summary>
public sealed class TornOrRottenTests : IDisposable
{
    private readonly StoreRig _rig = new();
    private readonly PartitionLog _log;

    public TornOrRottenTests()
    {
        _log = _rig.Create();
        for (int i = 0; i < 5; i++)
            _rig.Append(_log);
    }

    private LogId Id => _log.Description.Id;

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(0)] // its flush header
    [InlineData(60)] // the record's header
    [InlineData(200)] // the payload
    public void A_torn_tail_is_cut_and_the_log_goes_on(int at)
    {
        Corrupt(FlushAt(4) + at);
        _rig.Restart();

        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(AppendRefusal.None, _rig.Store.Refusal);
        PartitionLog log = _rig.OpenLog(Id);
        Assert.Equal((4, 4), (log.EndOffset, log.DurableEndOffset));
        byte[] before = TestLog.ReadAll(log);
        _rig.Append(log, valueBytes: 33);
        byte[] after = TestLog.ReadAll(log);
        Assert.Equal(before, after[..before.Length]);

        // What the torn flush left behind is passed over by the next recovery too.
        _rig.Restart();
        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(after, TestLog.ReadAll(_rig.OpenLog(Id)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 60)]
    [InlineData(2, 200)]
    [InlineData(3, 0)]
    [InlineData(3, 200)]
    public void A_rotten_middle_is_damage_and_nothing_is_cut(int flush, int at)
    {
        Corrupt(FlushAt(flush) + at);
        long used = _rig.Files.UsedBytes;
        _rig.Restart();

        LogDamage damage = Assert.Single(_rig.Store.Damage);
        Assert.Contains("acknowledged records are lost", damage.ToString());
        Assert.Equal(AppendRefusal.Damaged, _rig.Store.Refusal);
        PartitionLog log = _rig.OpenLog(Id);
        Assert.Equal(flush, log.EndOffset);
        Assert.Equal(flush, TestLog.ReadAll(log).Length / TestLog.Batch(1, 100).Length);
        Assert.Equal(AppendRefusal.Damaged, TestLog.TryAppend(log, TestLog.Batch(1, 10)));
        Assert.Throws<LogRefusedException>(() => _rig.Run(log.SeeEpochAsync(7)));
        Assert.Throws<LogRefusedException>(() => _rig.Run(TestLog.CreateAsync(_rig.Store, "other")));
        Assert.False(_rig.Store.WaitForRoomAsync(CancellationToken.None).IsFaulted);

        // Neither the start nor a clean stop makes a checkpoint that would forget the finding.
        _rig.RestartCleanly();
        Assert.Equal([damage], _rig.Store.Damage);
        Assert.InRange(_rig.Files.UsedBytes, used, long.MaxValue);
    }

    [Fact]
    public void Damage_that_is_accepted_is_reported_once_and_appends_are_taken()
    {
        Corrupt(FlushAt(2) + 100);
        _rig.Options = _rig.Options with { AcceptDamage = true };
        _rig.Restart();

        Assert.Single(_rig.Store.Damage);
        PartitionLog log = _rig.OpenLog(Id);
        Assert.Equal(2, log.EndOffset);
        _rig.Append(log, valueBytes: 55);
        byte[] bytes = TestLog.ReadAll(log);

        _rig.Options = _rig.Options with { AcceptDamage = false };
        _rig.Restart();
        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(bytes, TestLog.ReadAll(_rig.OpenLog(Id)));
    }

    [Fact]
    public void Rot_at_the_end_of_a_file_is_known_by_the_file_behind_it()
    {
        string first = CurrentFile();
        while (CurrentFile() == first)
            _rig.Append(_log, valueBytes: 1_000);
        WalRecord last = Flushes(first)[^1];
        _rig.Files.Corrupt(first, file => file.Content[(int)(PositionIn(first, last) + 100)] ^= 1);
        _rig.Restart();

        Assert.Contains("acknowledged records are lost", Assert.Single(_rig.Store.Damage).ToString());
        Assert.Equal(AppendRefusal.Damaged, _rig.Store.Refusal);
    }

    [Fact]
    public void A_write_ahead_file_that_is_missing_is_damage()
    {
        string first = CurrentFile();
        while (CurrentFile() == first)
            _rig.Append(_log, valueBytes: 1_000);
        _rig.Kill();
        _rig.Files.DeleteFile(first);
        _rig.Restart();
        Assert.NotEmpty(_rig.Store.Damage);
        Assert.Equal(AppendRefusal.Damaged, _rig.Store.Refusal);
    }

    [Fact]
    public void A_write_ahead_log_that_is_gone_is_damage_even_if_nothing_points_to_it()
    {
        _rig.Checkpoint();
        _rig.Kill();
        foreach (string name in _rig.Files.ListFiles(_rig.WalDirectory).Where(WalFiles.IsName))
            _rig.Files.DeleteFile($"{_rig.WalDirectory}/{name}");
        _rig.Restart();
        Assert.Contains("is missing", Assert.Single(_rig.Store.Damage).ToString());
        Assert.Equal(AppendRefusal.Damaged, _rig.Store.Refusal);
    }

    /// <summary>Sound records that leave offsets out: of that log nothing behind them counts, and it is not appended to. Others are not concerned.</summary>
    [Fact]
    public void A_record_that_does_not_start_where_its_log_ends_is_damage_of_that_log()
    {
        (string path, WalFileHeader header) = WalBytes.Newest(_rig.Files, _rig.WalDirectory);
        long end = Flushes(path)[^1].NextOffset;
        long start = WalFileHeader.AlignUp(end);
        byte[] flush = WalBytes.FlushOf(header.Salt, start, end, Id, 7, TestLog.Stored(TestLog.Batch(1, 50), 7, 0));
        _rig.Files.Corrupt(path, file => flush.CopyTo(file.Content[(int)WalBytes.PositionOf(_rig.Files, path, start)..]));
        _rig.Restart();

        LogDamage damage = Assert.Single(_rig.Store.Damage);
        Assert.Equal(Id, damage.Log?.Id);
        Assert.Contains("the log ends at offset 5, but the next record in the write-ahead log", damage.ToString());
        PartitionLog log = _rig.OpenLog(Id);
        Assert.Equal(5, log.EndOffset);
        Assert.Equal(damage, log.Damage);
        Assert.Equal(AppendRefusal.Damaged, TestLog.TryAppend(log, TestLog.Batch(1, 10)));
        Assert.Equal(AppendRefusal.None, _rig.Store.Refusal);
        _rig.Append(_rig.Create(topic: "other"));
    }

    /// <summary>Each flush says where the one before it ended; if that is elsewhere, something between them is missing.</summary>
    [Fact]
    public void A_flush_that_does_not_follow_on_what_is_there_is_damage()
    {
        (string path, WalFileHeader header) = WalBytes.Newest(_rig.Files, _rig.WalDirectory);
        long end = Flushes(path)[^1].NextOffset;
        long start = WalFileHeader.AlignUp(end);
        byte[] flush = WalBytes.FlushOf(header.Salt, start, end + 48, Id, 5, TestLog.Stored(TestLog.Batch(1, 50), 5, 0));
        _rig.Files.Corrupt(path, file => flush.CopyTo(file.Content[(int)WalBytes.PositionOf(_rig.Files, path, start)..]));
        _rig.Restart();

        Assert.Contains($"had been synced up to {end + 48}", Assert.Single(_rig.Store.Damage).ToString());
        Assert.Equal(AppendRefusal.Damaged, _rig.Store.Refusal);
        Assert.Equal(5, _rig.OpenLog(Id).EndOffset);
    }

    private void Corrupt(long position) =>
        _rig.Files.Corrupt(CurrentFile(), file => file.Content[(int)position] ^= 1);

    /// <summary>Position of the flush of the batch with this offset.</summary>
    private long FlushAt(int batch) => PositionIn(CurrentFile(), Flushes(CurrentFile())[1 + batch]);

    private string CurrentFile() => WalBytes.Newest(_rig.Files, _rig.WalDirectory).Path;

    private List<WalRecord> Flushes(string path) => WalBytes.Flushes(_rig.Files, path);

    private long PositionIn(string path, in WalRecord record) => WalBytes.PositionOf(_rig.Files, path, record.Lsn);
}
