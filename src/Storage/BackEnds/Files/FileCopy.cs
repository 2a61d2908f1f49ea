using Actors.Storage.Load;
using Actors.Storage.Pacing;

namespace Actors.Storage.BackEnds.Files;

/// <summary>
/// A copy that runs. It ends when the replica is whole, when its lease is not renewed, when it is stopped, or with a failure; between two segments the descriptor says how far
/// it is, and a segment that was begun and not ended counts as not copied. While a segment is made durable and read back, the next one is copied, and while a piece is written the next one
/// is read, so that the copy keeps its pace.
/// </summary>
internal sealed partial class FileCopy : IAsyncDisposable
{
    private const int ChunkBytes = 256 << 10;
    private const int MaxPieceBytes = 4 * ChunkBytes;
    private const int WritesAtOnce = 2;
    private const long MaxBurstBytes = 128 << 20;
    private const int BurstsPerSecond = 25;

    /// <summary>About what a segment's end writes beside its data: the file system's journal for the replica and for the descriptor.</summary>
    private const long SyncOverheadBytes = 256 << 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan ClockPatience = TimeSpan.FromSeconds(3);

    private readonly FilesOptions _options;
    private readonly TimeProvider _time;
    private readonly IVolumeFiles _files;
    private readonly FileVolumes _volumes;
    private readonly FileCopyOrder _order;
    private readonly ByteLease _lease;
    private readonly ByteLease _readBackLease;
    private readonly CancellationTokenSource _stop;
    private readonly DiskActivity? _activity;
    private readonly string? _sourceDisk;
    private readonly string? _targetDisk;
    private Memory<byte>[] _pieces = [];
    private Memory<byte> _checked;
    private long _copiedBytes;
    private long _rateBytesPerSecond;

    public FileCopy(FilesOptions options, TimeProvider time, IVolumeFiles files, FileVolumes volumes, FileCopyOrder order, CopyRate rate, DiskActivity? activity)
    {
        (_options, _time, _files, _volumes, _order) = (options, time, files, volumes, order);
        _lease = new ByteLease(time, ChunkBytes, afterBytesPerSecond: 0);
        _readBackLease = new ByteLease(time, ChunkBytes, afterBytesPerSecond: 0);
        _activity = activity;
        (_sourceDisk, _targetDisk) = (activity?.DiskOf(order.SourceFile), activity?.DiskOf(order.TargetFile));
        _stop = new CancellationTokenSource(rate.TimeToLive, time);
        Renew(rate);
        Ended = Task.Run(RunAsync);
    }

    /// <summary>The replica that is filled.</summary>
    public string Replica => _order.Target;

    /// <summary>Ends when the copy has; it does not fail.</summary>
    public Task Ended { get; }

    public bool IsRunning => !Ended.IsCompleted;

    /// <summary>The rate that was lent last.</summary>
    public long RateBytesPerSecond => Interlocked.Read(ref _rateBytesPerSecond);

    /// <summary>What it has copied, durable or not. Bytes.</summary>
    public long CopiedBytes => Interlocked.Read(ref _copiedBytes);

    /// <summary>Why it ended, when it was not stopped and is not whole.</summary>
    public BackEndException? Failure { get; private set; }

    /// <summary>Replaces the lease; a copy whose lease has run out has ended and stays so.</summary>
    public void Renew(CopyRate rate)
    {
        Interlocked.Exchange(ref _rateBytesPerSecond, rate.BytesPerSecond);
        var burst = Math.Clamp(rate.BytesPerSecond / BurstsPerSecond, ChunkBytes, MaxBurstBytes);
        _lease.Renew(rate.BytesPerSecond, rate.TimeToLive, burst);
        // Twice as fast, so that it is done in time with a segment that another follows.
        _readBackLease.Renew(Math.Min(rate.BytesPerSecond, long.MaxValue / 2) * 2, rate.TimeToLive, burst);
        try
        {
            _stop.CancelAfter(rate.TimeToLive);
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    /// <summary>Ends it; what is durable stays.</summary>
    public async Task StopAsync()
    {
        try
        {
            await _stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }

        await Ended;
    }

    /// <summary>Ends it, and waits at most <see cref="Patience"/> for that: a disk that hangs keeps nobody from going on. What it still does then is what was asked before.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync().WaitAsync(Patience, _time);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            // It ends with its disk's call; until then nobody else fills the file, for it is locked.
        }
    }

    private async Task RunAsync()
    {
        _pieces = [.. Enumerable.Range(0, WritesAtOnce + 1).Select(static _ => PageBuffer.Create(MaxPieceBytes))];
        _checked = PageBuffer.Create(MaxPieceBytes);
        try
        {
            while (!await CopyAsync(_stop.Token))
            {
                // The volume was written to: from the beginning.
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped, or its lease ran out.
        }
        catch (BackEndException failure)
        {
            Failure = failure;
        }
        catch (Exception failure)
        {
            Failure = FileTrouble.Explain($"copying {_order.Volume} from {_order.SourceFile} to {_order.TargetFile}", failure);
        }
        finally
        {
            (_pieces, _checked) = ([], default);
        }
    }

    /// <returns>Whether the replica is whole; otherwise its source was written to.</returns>
    private async Task<bool> CopyAsync(CancellationToken stop)
    {
        using var target = _files.OpenToFill(_order.TargetFile);
        var stamp = await ClosedAsync(stop);
        using var source = _files.OpenToRead(_order.SourceFile);
        var at = Begin(stamp, target);
        var sealing = Task.FromResult(true); // of what was copied before
        try
        {
            while (at < stamp.LengthBytes)
            {
                var (end, checksum) = await CopySegmentAsync(source, target, at, stamp.LengthBytes, stop);
                if (!await sealing) return false;
                sealing = SealAsync(source, target, at, end, checksum, stamp, stop);
                at = end;
            }
        }
        catch
        {
            // It uses the files; and a disk that loses data is to be known, whatever else has ended the copy.
            await ((Task)sealing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (sealing.Exception?.InnerException is BackEndException { IsPermanent: true }) await sealing;
            throw;
        }

        if (!await sealing) return false;
        target.Sync();
        _files.SyncFolder(Path.GetDirectoryName(_order.TargetFile)!); // whoever made the file may have died before its name was durable
        var whole = await SettledAsync(_order.TargetFile, stop);
        if (_files.Stamp(_order.SourceFile) != stamp) return false;
        Note(copy => copy with { OwnStamp = whole });
        return true;
    }

    /// <returns>Where to go on: 0, or behind what an earlier copy of the same content has left.</returns>
    private long Begin(FileStamp stamp, IVolumeFile target)
    {
        var noted = Note(copy => copy.SourceStamp == stamp
            ? copy with { OwnStamp = null }
            : new CopyDescriptor { Source = copy.Source, SourceStamp = stamp, Restarts = copy.SourceStamp is null ? 0 : copy.Restarts + 1 });
        if (noted.Restarts > _options.MaxRestarts)
            throw new BackEndException(FormattableString.Invariant($"{_order.Volume} was written to each of {noted.Restarts} times that it was copied: move it when nobody uses it"), isPermanent: true);
        var from = target.Length >= noted.SyncedBytes ? noted.SyncedBytes : 0;
        target.SetRights(_files.RightsOf(_order.SourceFile));
        target.SetLength(from); // zeros that are not written later are to be zeros
        target.SetLength(stamp.LengthBytes);
        return from;
    }

    private CopyDescriptor Note(Func<CopyDescriptor, CopyDescriptor> change) => _volumes.Change(_order.Volume, volume =>
        volume.Find(_order.Target) is { Copy: { } copy } replica ? volume.With(replica with { Copy = change(copy) })
            : throw new BackEndException($"the replica {_order.Target} of {_order.Volume} was removed", isPermanent: true)).Find(_order.Target)!.Copy!;

    // What the source looks like while nobody has it open or mapped: stores to a page that was mapped and written before would not show in a stamp.
    private async Task<FileStamp> ClosedAsync(CancellationToken stop)
    {
        using var hold = ClosedFile.Hold(_files, _order.Volume, _order.SourceFile, isPermanent: false);
        return await SettledAsync(_order.SourceFile, stop);
    }

    // A stamp that every later write changes: it waits for the file systems' clock, which is the machine's own.
    private async Task<FileStamp> SettledAsync(string path, CancellationToken stop)
    {
        for (var waited = TimeSpan.Zero; ; waited += ClockStep)
        {
            var before = _volumes.Tick(_order.Volume);
            var stamp = _files.Stamp(path) ?? throw new FileNotFoundException($"{path} has vanished", path);
            if (stamp.IsSettled(before)) return stamp;
            if (waited >= ClockPatience)
                throw new BackEndException($"{path} was changed later than it is now: set the machine's clock, or touch the file", isPermanent: false);
            await Task.Delay(ClockStep, TimeProvider.System, stop);
        }
    }
}
