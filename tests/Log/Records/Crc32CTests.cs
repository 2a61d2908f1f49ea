using FsCheck;
using FsCheck.Fluent;

namespace Actors.Log.Tests;

public sealed class Crc32CTests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("313233343536373839", 0xE3069283u)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AAu)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43u)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD794Eu)]
    [InlineData("1F1E1D1C1B1A191817161514131211100F0E0D0C0B0A09080706050403020100", 0x113FDB5Cu)]
    public void Known_values(string hex, uint expected)
    {
        byte[] data = Convert.FromHexString(hex);
        Assert.Equal(expected, Crc32C.Compute(data));
        Assert.Equal(expected, Bytewise(0, data));
    }

    [Fact]
    public void Every_length_and_alignment_equals_the_bytewise_sum()
    {
        byte[] data = new byte[9000];
        new Random(20_240_613).NextBytes(data);
        for (int start = 0; start < 9; start++)
        {
            for (int length = 0; length < 700; length++)
                Assert.Equal(Bytewise(0, data.AsSpan(start, length)), Crc32C.Compute(data.AsSpan(start, length)));
        }

        for (int length = 700; length < data.Length; length += 37)
            Assert.Equal(Bytewise(0, data.AsSpan(0, length)), Crc32C.Compute(data.AsSpan(0, length)));
    }

    [Fact]
    public void However_the_bytes_are_cut_the_sum_is_the_same()
        => Prop.ForAll<byte[], byte[], byte[]>((first, second, third) =>
        {
            byte[] whole = [.. first, .. second, .. third];
            return Crc32C.Append(Crc32C.Append(Crc32C.Compute(first), second), third) == Crc32C.Compute(whole);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_salt_changes_every_sum_and_continues_as_one()
        => Prop.ForAll<uint, uint, byte[]>((salt, other, data) =>
            Crc32C.Append(salt, data) == Bytewise(salt, data)
            && (salt == other || Crc32C.Append(salt, data) != Crc32C.Append(other, data))).QuickCheckThrowOnFailure();

    private static uint Bytewise(uint crc, ReadOnlySpan<byte> data)
    {
        uint register = ~crc;
        foreach (byte value in data)
        {
            register ^= value;
            for (int bit = 0; bit < 8; bit++)
                register = (register >> 1) ^ ((register & 1) != 0 ? 0x82F63B78u : 0);
        }

        return ~register;
    }
}
