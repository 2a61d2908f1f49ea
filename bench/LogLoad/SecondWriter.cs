using Microsoft.Win32.SafeHandles;

namespace Actors.Bench.LogLoad;

/// <summary>Writes the bytes of the floor a second time, behind and unsynced, in runs of a mebibyte, on a thread of its own.</summary>
/// <remarks>
/// A log with one write-ahead log per process pays this second write; the floor pays it too, or the comparison flatters it. The
/// file only grows, as a log's segments do: to overwrite pages that the cache already holds costs a tenth of filling new ones.
/// </remarks>
internal sealed class SecondWriter : IDisposable
{
    private const int RunBytes = 1 << 20;
    private readonly SafeFileHandle _file;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _handedOver = new(false);
    private readonly AutoResetEvent _written = new(true);
    private byte[] _filling = new byte[RunBytes];
    private byte[] _writing = new byte[RunBytes];
    private int _filled;
    private int _writingBytes;
    private bool _stopping;

    /// <summary>Creates the file and starts the thread.</summary>
    public SecondWriter(string path)
    {
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
        _thread = new Thread(Run) { IsBackground = true, Name = "floor-second-write" };
        _thread.Start();
    }

    /// <summary>Takes a copy of the bytes; waits when the run before is still being written.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var part = Math.Min(bytes.Length, RunBytes - _filled);
            bytes[..part].CopyTo(_filling.AsSpan(_filled));
            _filled += part;
            bytes = bytes[part..];
            if (_filled == RunBytes)
            {
                HandOver();
            }
        }
    }

    /// <summary>Ends the thread; what is in the last, partial run stays unwritten.</summary>
    public void Dispose()
    {
        _written.WaitOne();
        lock (_gate)
        {
            _stopping = true;
        }

        _handedOver.Set();
        _thread.Join();
        _file.Dispose();
        _handedOver.Dispose();
        _written.Dispose();
    }

    private void HandOver()
    {
        _written.WaitOne();
        lock (_gate)
        {
            (_filling, _writing) = (_writing, _filling);
            _writingBytes = _filled;
        }

        _filled = 0;
        _handedOver.Set();
    }

    private void Run()
    {
        long position = 0;
        while (true)
        {
            _handedOver.WaitOne();
            int bytes;
            lock (_gate)
            {
                if (_stopping)
                {
                    return;
                }

                bytes = _writingBytes;
            }

            RandomAccess.Write(_file, _writing.AsSpan(0, bytes), position);
            position += bytes;
            _written.Set();
        }
    }
}
