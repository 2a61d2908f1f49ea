using System.Net;
using System.Text;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Identity;

/// <summary>Identities as text, and hashes that never change.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData("", 0x02CC5D05u)]
    [InlineData("a", 0x550D7456u)]
    [InlineData("abc", 0x32D153FFu)]
    [InlineData("Nobody inspects the spammish repetition", 0xE2293B2Fu)]
    public void The_stable_hash_is_xxHash32(string text, uint expected)
    {
        Assert.Equal(expected, StableHash.ComputeHash(text));
        Assert.Equal(expected, StableHash.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Hashes_of_ids_are_frozen()
    {
        Assert.Equal(GrainId.Create("type", "key").GetUniformHashCode(), GrainId.Create(GrainType.Create("type"), "key").GetUniformHashCode());
        Assert.Equal(unchecked((StableHash.ComputeHash("type") * 31) + StableHash.ComputeHash("key")), GrainId.Create("type", "key").GetUniformHashCode());
    }

    [Theory]
    [InlineData("type/key", "type", "key")]
    [InlineData("type/key/with/slashes", "type", "key/with/slashes")]
    [InlineData("type/", "type", "")]
    public void A_grain_id_reads_what_it_writes(string text, string type, string key)
    {
        GrainId id = GrainId.Parse(text);
        Assert.Equal(type, id.Type.ToString());
        Assert.Equal(key, id.Key.ToString());
        Assert.Equal(text, id.ToString());
        Assert.Equal(text, $"{id}");
        Assert.Equal(id, GrainId.Create(type, key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no slash")]
    [InlineData("/key")]
    [InlineData(null)]
    public void What_is_no_grain_id_is_refused(string? text)
    {
        Assert.False(GrainId.TryParse(text, out GrainId id));
        Assert.True(id.IsDefault);
        if (text is not null)
        {
            Assert.Throws<FormatException>(() => GrainId.Parse(text));
        }
    }

    [Fact]
    public void Ids_compare_by_type_and_key()
    {
        GrainId a = GrainId.Create("a", "2"), b = GrainId.Create("b", "1"), c = GrainId.Create("b", "2");
        Assert.Equal([a, b, c], new[] { c, a, b }.Order());
        Assert.True(a != b);
        Assert.True(b == GrainId.Create("b", "1"));
        Assert.False(a.Equals((object)b));
        Assert.Equal(default, default(GrainId));
        Assert.NotEqual(default, a);
    }

    [Theory]
    [InlineData("127.0.0.1", 11111, 5)]
    [InlineData("::1", 1, -7)]
    [InlineData("10.50.1.0", 65535, int.MaxValue)]
    public void A_silo_address_reads_what_it_writes(string address, int port, int generation)
    {
        var silo = SiloAddress.New(IPAddress.Parse(address), port, generation);
        Assert.Equal(silo, SiloAddress.Parse(silo.ToParsableString()));
        Assert.Equal(silo.GetConsistentHashCode(), SiloAddress.FromParsableString(silo.ToParsableString()).GetConsistentHashCode());
        Assert.NotEqual(silo, SiloAddress.New(IPAddress.Parse(address), port, generation - 1));
        Assert.False(SiloAddress.TryParse("127.0.0.1:5", out _));
        Assert.False(SiloAddress.TryParse("nonsense@5", out _));
        Assert.False(SiloAddress.TryParse(null, out _));
        Assert.Throws<FormatException>(() => SiloAddress.Parse("x"));
    }

    [Theory]
    [InlineData("::1", "::1:11111@5")] // as Orleans writes it
    [InlineData("::1", "[::1]:11111@5")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1:11111@5")]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1:11111@5")]
    public void A_silo_address_has_its_port_after_the_last_colon(string address, string text)
    {
        var silo = SiloAddress.New(IPAddress.Parse(address), 11111, 5);
        Assert.Equal(silo, SiloAddress.Parse(text));
        Assert.Equal(SiloAddress.New(new IPEndPoint(IPAddress.Parse(address), 11111), 5).ToParsableString(), SiloAddress.Parse(text).ToParsableString());
    }

    [Theory]
    [InlineData("::1@5")]
    [InlineData("10.0.0.1:@5")]
    [InlineData("10.0.0.1:65536@5")]
    [InlineData("10.0.0.1:1@")]
    [InlineData(":1@5")]
    [InlineData("@5")]
    public void What_is_no_silo_address_is_not_read(string text) => Assert.False(SiloAddress.TryParse(text, out _), text);

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Numbers_and_guids_are_keys(long number)
    {
        var id = GrainId.Create(GrainType.Create("t"), GrainIdKeyExtensions.CreateIntegerKey(number));
        Assert.Equal(number, id.GetIntegerKey());
        var guid = new Guid(7, 8, 9, 1, 2, 3, 4, 5, 6, 7, (byte)(number & 0xFF));
        Assert.Equal(guid, GrainId.Create(GrainType.Create("t"), GrainIdKeyExtensions.CreateGuidKey(guid)).GetGuidKey());
        Assert.Throws<ArgumentException>(() => GrainId.Create("t", "not a number").GetIntegerKey());
        Assert.Throws<ArgumentException>(() => GrainId.Create("t", "not a guid").GetGuidKey());
    }
}
