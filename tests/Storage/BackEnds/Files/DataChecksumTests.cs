using Actors.Storage.BackEnds.Files;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>A checksum by which what was written is compared with what the disk gives back.</summary>
public sealed class DataChecksumTests
{
    [Fact]
    public void However_the_data_is_cut_it_is_the_same() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 20))), cuts =>
        {
            var data = Data(4_096 + cuts.Length);
            var checksum = new DataChecksum();
            var at = 0;
            foreach (var cut in cuts)
            {
                var next = Math.Min(data.Length / 32 * 32, at + cut % 20 * 32);
                checksum.Add(data.AsSpan(at..next));
                at = next;
            }

            checksum.Add(data.AsSpan(at));
            Assert.Equal(Of(data), checksum.Value);
        }));

    [Theory]
    [InlineData(4_096)]
    [InlineData(4_099)]
    public void A_bit_anywhere_changes_it(int length)
    {
        var data = Data(length);
        var seen = new HashSet<UInt128> { Of(data) };
        for (var bit = 0; bit < 8 * length; bit += 7)
        {
            data[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.True(seen.Add(Of(data)), $"bit {bit}");
            data[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void Less_data_another_order_and_a_page_of_zeros_change_it()
    {
        var data = Data(16_384);
        var seen = new HashSet<UInt128> { Of(data), Of(data.AsSpan(..^1)), Of(data.AsSpan(..8_192)), Of([]), Of([.. data, 0]), Of(new byte[32]), Of(new byte[64]) };
        Assert.True(seen.Add(Of([.. data[4_096..8_192], .. data[..4_096], .. data[8_192..]])));
        Assert.True(seen.Add(Of([.. data[..4_096], .. new byte[4_096], .. data[8_192..]])));
        Assert.Equal(9, seen.Count);
        foreach (var lane in (int[])[0, 8, 16, 24])
        {
            var page = data[..4_096];
            page.AsSpan(lane, 8).Reverse();
            Assert.True(seen.Add(Of(page)), $"the word at {lane}");
        }
    }

    private static UInt128 Of(ReadOnlySpan<byte> data)
    {
        var checksum = new DataChecksum();
        checksum.Add(data);
        return checksum.Value;
    }

    private static byte[] Data(int length)
    {
        var data = new byte[length];
        new Random(4).NextBytes(data);
        return data;
    }
}
