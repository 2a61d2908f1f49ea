namespace Actors.Kafka;

/// <summary>What the protocol's tables say about one API.</summary>
/// <remarks>The range that the codec knows is not the range that a broker serves: the gateway advertises its own.</remarks>
/// <param name="Key">The API key.</param>
/// <param name="LowestVersion">The lowest version ever released.</param>
/// <param name="HighestVersion">The highest version in the tables.</param>
/// <param name="FirstFlexibleVersion">The first flexible version; <see cref="short.MaxValue"/> when there is none.</param>
/// <param name="ReadRequest">Reads a request without its header.</param>
/// <param name="ReadResponse">Reads a response without its header.</param>
public sealed record ApiDescriptor(
    ApiKey Key,
    short LowestVersion,
    short HighestVersion,
    short FirstFlexibleVersion,
    ReadRequest ReadRequest,
    ReadResponse ReadResponse)
{
    /// <summary>The API's name: <c>Produce</c>.</summary>
    public string Name { get; } = Key.ToString();

    /// <summary>Whether the codec can read and write the version.</summary>
    public bool Knows(short version) => version >= LowestVersion && version <= HighestVersion;

    /// <summary>Whether the version has compact lengths and tagged fields; answered for unknown versions too.</summary>
    public bool IsFlexible(short version) => version >= FirstFlexibleVersion;

    /// <summary>The version of the header in front of a request.</summary>
    public short RequestHeaderVersion(short version) => IsFlexible(version) ? RequestHeader.FlexibleVersion : (short)1;

    /// <summary>
    /// The version of the header in front of a response. ApiVersions always has version 0, because its client cannot know
    /// yet what the broker speaks (KIP-511).
    /// </summary>
    public short ResponseHeaderVersion(short version) =>
        IsFlexible(version) && Key != ApiKey.ApiVersions ? ResponseHeader.FlexibleVersion : (short)0;
}
