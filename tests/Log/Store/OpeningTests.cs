using System.Buffers.Binary;
using System.Text;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Store;

/// <summary>A folder that is not this store's, not whole, or of a newer version is refused with a sentence, and left as it is.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly StoreRig _rig = new(TestLog.SmallOptions() with { WalDirectory = "/wal" });
    private readonly LogId _id;

    public OpeningTests()
    {
        PartitionLog log = _rig.Create();
        _rig.Append(log, times: 3);
        _rig.Checkpoint();
        _rig.Append(log, times: 2);
        _id = log.Description.Id;
        _rig.Kill();
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_newer_format_is_not_touched()
    {
        AssertRefused("/data/storage", bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("actors-log 1", "actors-log 2")), "format 2");
        AssertRefused("/data/checkpoint-0", bytes => WithFormat(bytes, 2, crcAt: 76), "format 2");
        string wal = WalBytes.Newest(_rig.Files, "/wal").Path;
        AssertRefused(wal, bytes => WithFormat(bytes, 2, crcAt: 48), "format 2");
    }

    [Fact]
    public void A_write_ahead_log_of_another_store_is_not_touched()
    {
        AssertRefused("/wal/storage", bytes => Encoding.UTF8.GetBytes($"actors-log 1 {new Guid(9, 9, 9, new byte[8])}\n"), "belongs to storage");
        string wal = WalBytes.Newest(_rig.Files, "/wal").Path;
        AssertRefused(wal, bytes => WithBytes(bytes, 16, new byte[16], crcAt: 48), "belongs to storage");
        AssertRefused("/data/checkpoint-0", bytes => WithBytes(bytes, 16, new byte[16], crcAt: 76), "belongs to storage");
    }

    [Fact]
    public void A_store_without_its_parts_is_not_made_new()
    {
        AssertRefused("/wal/storage", _ => null, "is not here");
        AssertRefused("/data/storage", _ => null, "identifies them is missing");
        AssertRefused("/data/storage", _ => "something else"u8.ToArray(), "not the identity");
        byte[] older = _rig.Files.ReadWhole("/data/checkpoint-1", int.MaxValue);
        Change("/data/checkpoint-1", _ => null);
        AssertRefused("/data/checkpoint-0", bytes => bytes[..^1], "neither checkpoint");
        Change("/data/checkpoint-1", _ => older);
    }

    [Fact]
    public void A_new_store_does_not_take_over_a_write_ahead_log()
    {
        var refusal = Assert.Throws<StorageFormatException>(() => TestLog.Open(_rig.Files, _rig.Options with { Directory = "/other" }, hasThreads: false));
        Assert.Contains("is new", refusal.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(90)]
    public void A_torn_checkpoint_leaves_the_one_before(int at)
    {
        Change("/data/checkpoint-0", bytes =>
        {
            bytes[at] ^= 1;
            return bytes;
        });
        _rig.Restart();
        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(5, _rig.OpenLog(_id).EndOffset);
    }

    [Fact]
    public void A_description_that_is_too_large_is_a_mistake_of_the_caller()
    {
        _rig.Restart();
        var configs = new Dictionary<string, string> { ["a"] = new string('x', 50 * TestLog.KiB) };
        Task<IReadOnlyList<LogId>> created = _rig.Store.CreateAsync([new NewLog("t", Guid.Empty, 0, configs)], CancellationToken.None);
        Assert.IsType<ArgumentException>(created.Exception?.InnerException);
        Assert.Throws<ArgumentException>(() => { _ = _rig.Store.DescribeAsync(_id, configs, CancellationToken.None); });
    }

    [Fact]
    public void A_log_has_one_owner_at_a_time()
    {
        _rig.Restart();
        PartitionLog first = _rig.OpenLog(_id);
        Assert.Throws<LogInUseException>(() => _rig.OpenLog(_id));
        first.Dispose();
        Assert.Equal(AppendRefusal.Closed, TestLog.TryAppend(first, TestLog.Batch(1, 10)));
        _rig.Append(_rig.OpenLog(_id));
        Assert.Throws<LogNotFoundException>(() => _rig.OpenLog(new LogId(99)));
    }

    /// <summary>Changes a file, opens, compares the sentence, and puts the file back.</summary>
    private void AssertRefused(string path, Func<byte[], byte[]?> change, string sentence)
    {
        byte[] before = _rig.Files.ReadWhole(path, int.MaxValue);
        Change(path, change);
        long changes = _rig.Files.Changes;
        StorageFormatException refusal = Assert.Throws<StorageFormatException>(() => TestLog.Open(_rig.Files, _rig.Options, hasThreads: false));
        Assert.Contains(sentence, refusal.Message);
        Assert.InRange(_rig.Files.Changes - changes, 0, 3); // the syncs of the folders' names, and nothing else
        Change(path, _ => before);
        TestLog.Open(_rig.Files, _rig.Options, hasThreads: false).Abandon();
    }

    private void Change(string path, Func<byte[], byte[]?> change)
    {
        byte[]? changed = change(_rig.Files.TryGetLength(path, out _) ? _rig.Files.ReadWhole(path, int.MaxValue) : []);
        _rig.Files.DeleteFile(path);
        if (changed is null)
            return;
        using IFile file = _rig.Files.Open(path, FileOpening.Create);
        file.WriteAll(changed, 0);
        file.Sync();
    }

    private static byte[] WithFormat(byte[] bytes, int format, int crcAt)
    {
        var field = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(field, format);
        return WithBytes(bytes, 8, field, crcAt);
    }

    private static byte[] WithBytes(byte[] bytes, int at, byte[] field, int crcAt)
    {
        field.CopyTo(bytes, at);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(crcAt), Crc32C.Compute(bytes.AsSpan(0, crcAt)));
        return bytes;
    }
}
