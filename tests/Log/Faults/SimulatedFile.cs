namespace Actors.Log.Tests.Faults;

/// <summary>
/// A file. Writes are seen at once by programs, and survive after a sync. A loss of power leaves every sector as it was after some
/// number of the changes since then, each sector for itself; the length likewise. So writes are lost, torn and reordered.
/// </summary>
internal sealed class SimulatedFile : SimulatedNode
{
    public const int SectorBytes = 512;

    private readonly List<Change> _changes = [];
    private byte[] _now = [];
    private byte[] _durable = [];
    private int _durableLength;

    public int Length { get; private set; }

    public Span<byte> Content => _now.AsSpan(0, Length);

    public void Write(ReadOnlySpan<byte> bytes, int offset)
    {
        if (bytes.IsEmpty)
            return;
        int end = offset + bytes.Length;
        Room(ref _now, end);
        bytes.CopyTo(_now.AsSpan(offset));
        Length = Math.Max(Length, end);
        _changes.Add(new Change(offset, bytes.ToArray(), Length));
    }

    public void SetLength(int length)
    {
        Room(ref _now, length);
        if (length < Length)
            _now.AsSpan(length, Length - length).Clear();
        Length = length;
        _changes.Add(new Change(length, null, length));
    }

    public void Sync()
    {
        foreach (Change change in _changes)
            Apply(ref _durable, change, 0, int.MaxValue);
        _durableLength = Length;
        _changes.Clear();
    }

    public override SimulatedNode AfterPowerLoss(Random random)
    {
        var file = new SimulatedFile();
        int lengthAge = random.Next(0, _changes.Count + 1);
        int length = lengthAge == 0 ? _durableLength : _changes[lengthAge - 1].LengthAfter;
        byte[] content = new byte[length];
        _durable.AsSpan(0, Math.Min(_durable.Length, length)).CopyTo(content);

        // Some losses keep much, some little; each sector has an age of its own.
        double luck = random.Next(4) switch { 0 => 0, 1 => 0.5, 2 => 0.95, _ => random.NextDouble() };
        if (_changes.Count > 0)
        {
            int first = _changes.Min(c => c.Offset) / SectorBytes;
            int last = (length + SectorBytes - 1) / SectorBytes;
            for (int sector = first; sector < last; sector++)
            {
                int age = random.NextDouble() < luck ? _changes.Count : random.Next(0, _changes.Count + 1);
                for (int i = 0; i < age; i++)
                    Apply(ref content, _changes[i], sector * SectorBytes, Math.Min((sector + 1) * SectorBytes, length));
            }
        }

        file._now = content;
        file.Length = length;
        file._durable = [.. content];
        file._durableLength = length;
        return file;
    }

    /// <summary>Makes the part of a change that falls into a range.</summary>
    private static void Apply(ref byte[] content, in Change change, int from, int to)
    {
        if (change.Bytes is null)
        {
            int start = Math.Max(change.Offset, from);
            int end = Math.Min(content.Length, to);
            if (start < end)
                content.AsSpan(start, end - start).Clear();
            return;
        }

        int first = Math.Max(change.Offset, from);
        int last = Math.Min(change.Offset + change.Bytes.Length, to);
        if (first >= last)
            return;
        if (to == int.MaxValue)
            Room(ref content, last);
        change.Bytes.AsSpan(first - change.Offset, last - first).CopyTo(content.AsSpan(first));
    }

    private static void Room(ref byte[] content, int length)
    {
        if (content.Length < length)
            Array.Resize(ref content, Math.Max(length, content.Length * 2));
    }

    /// <param name="Offset">Where the bytes go; for a new length, the length.</param>
    /// <param name="Bytes">Null for a new length.</param>
    private readonly record struct Change(int Offset, byte[]? Bytes, int LengthAfter);
}
