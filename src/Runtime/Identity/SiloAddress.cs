using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Orleans.Runtime;

/// <summary>Who a silo is: where it listens, and a number that tells this run of the process from earlier ones.</summary>
[Immutable]
public sealed class SiloAddress : IEquatable<SiloAddress>, IComparable<SiloAddress>, ISpanFormattable
{
    private const char Separator = '@';
    private string? _parsable;

    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
    }

    /// <summary>The address of nobody.</summary>
    public static SiloAddress Zero { get; } = New(IPAddress.Any, 0, 0);

    public IPEndPoint Endpoint { get; }

    /// <summary>Grows from run to run of the same silo.</summary>
    public int Generation { get; }

    public static SiloAddress New(IPEndPoint ep, int gen) =>
        new(ep.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(ep.Address.MapToIPv4(), ep.Port) : ep, gen);

    public static SiloAddress New(IPAddress address, int port, int generation) => New(new IPEndPoint(address, port), generation);

    /// <summary>Reads what <see cref="ToParsableString"/> writes.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static SiloAddress FromParsableString(string addr) => Parse(addr);

    /// <inheritdoc cref="FromParsableString"/>
    public static SiloAddress Parse(string value) =>
        TryParse(value, out SiloAddress? result) ? result : throw new FormatException($"'{value}' is not a silo address: expected address:port@generation.");

    public static bool TryParse(string? value, [NotNullWhen(true)] out SiloAddress? result)
    {
        result = null;
        int separator = value?.LastIndexOf(Separator) ?? -1;
        int colon = separator < 0 ? -1 : value!.LastIndexOf(':', separator);
        if (colon < 0
            || !IPAddress.TryParse(value.AsSpan(0, colon), out IPAddress? address)
            || !ushort.TryParse(value.AsSpan(colon + 1, separator - colon - 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || !int.TryParse(value.AsSpan(separator + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int generation))
        {
            return false;
        }

        result = New(address, port, generation);
        return true;
    }

    /// <summary>
    /// The text form that <see cref="Parse(string)"/> reads: <c>address:port@generation</c>. The last colon stands before the port,
    /// so an address of version 6 has no brackets (with them it is read too).
    /// </summary>
    public string ToParsableString() => _parsable ??= string.Create(CultureInfo.InvariantCulture, $"{Endpoint.Address}:{Endpoint.Port}{Separator}{Generation}");

    public bool Equals(SiloAddress? other) => other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint);

    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    public override int GetHashCode() => GetConsistentHashCode();

    /// <summary>A hash that is equal in every process.</summary>
    public int GetConsistentHashCode() => unchecked((int)StableHash.ComputeHash(ToParsableString()));

    public int CompareTo(SiloAddress? other)
    {
        if (other is null)
        {
            return 1;
        }

        int byGeneration = Generation.CompareTo(other.Generation);
        return byGeneration != 0 ? byGeneration : string.CompareOrdinal(ToParsableString(), other.ToParsableString());
    }

    public override string ToString() => $"S{Endpoint}:{Generation}";

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"S{Endpoint}:{Generation}", out charsWritten);
}
