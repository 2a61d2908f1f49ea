using System.Buffers.Binary;

namespace Actors.Cli.Records;

/// <summary>Walks over the batches of a fetch response and checks them, whatever their compression.</summary>
internal static class BatchReader
{
    private const int LengthOverheadBytes = 12;
    private const byte KnownFormat = 2;

    /// <summary>Takes the batch at the front of <paramref name="records"/>.</summary>
    /// <param name="records">What a broker sent; afterwards what stands behind the batch.</param>
    /// <param name="batch">What the batch's header says.</param>
    /// <returns>False when no whole batch is left: a broker may cut the last one.</returns>
    /// <exception cref="CliException">The batch is damaged.</exception>
    public static bool TryTake(ref ReadOnlySpan<byte> records, out BatchSummary batch)
    {
        batch = default;
        if (records.Length < BatchWriter.HeaderBytes)
        {
            return false;
        }

        var baseOffset = BinaryPrimitives.ReadInt64BigEndian(records);
        var size = (long)BinaryPrimitives.ReadInt32BigEndian(records[8..]) + LengthOverheadBytes;
        if (size < BatchWriter.HeaderBytes || records[16] != KnownFormat)
        {
            throw new CliException($"The broker sent a batch at offset {baseOffset} whose length or format is none: its log or this connection is damaged.");
        }

        if (size > records.Length)
        {
            return false;
        }

        var whole = records[..(int)size];
        if (BinaryPrimitives.ReadUInt32BigEndian(whole[17..]) != BatchWriter.ComputeCrc(whole[BatchWriter.CrcStart..]))
        {
            throw new CliException($"The broker sent a batch at offset {baseOffset} with a wrong checksum: its log or this connection is damaged.");
        }

        batch = new BatchSummary(
            baseOffset,
            baseOffset + BinaryPrimitives.ReadInt32BigEndian(whole[23..]) + 1,
            BinaryPrimitives.ReadInt32BigEndian(whole[57..]));
        records = records[(int)size..];
        return true;
    }
}
