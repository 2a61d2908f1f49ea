using System.Text;
using Orleans.Runtime;

namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="SiloAddress"/> as its parsable text, in UTF-8.</summary>
public sealed class SiloAddressCodec : Codec<SiloAddress>
{
    internal SiloAddressCodec()
        : base("siloaddress")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Bytes;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, SiloAddress value) => writer.WriteBytes(Encoding.UTF8.GetBytes(value.ToParsableString()));

    /// <inheritdoc />
    public override SiloAddress Read(ref WireReader reader)
    {
        string text = Encoding.UTF8.GetString(reader.ReadBytes());
        if (!SiloAddress.TryParse(text, out SiloAddress? address))
        {
            reader.Throw(WireProblem.InvalidValue, $"'{text}' is no silo address.");
        }

        return address!;
    }

    /// <inheritdoc />
    public override SiloAddress Copy(SiloAddress value, in CopyContext context) => value;
}
