using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka;

/// <summary>A version that the definition of a message does not have. The caller has not checked the version.</summary>
/// <param name="messageName">The message's name: <c>FetchRequest</c>.</param>
/// <param name="version">The version asked for.</param>
/// <param name="lowestVersion">The lowest version that exists.</param>
/// <param name="highestVersion">The highest version that exists.</param>
public sealed class UnsupportedVersionException(string messageName, short version, short lowestVersion, short highestVersion)
    : Exception($"{messageName} has no version {version}, only {lowestVersion} to {highestVersion}.")
{
    /// <summary>The message's name.</summary>
    public string MessageName { get; } = messageName;

    /// <summary>The version asked for.</summary>
    public short Version { get; } = version;

    /// <summary>The lowest version that exists.</summary>
    public short LowestVersion { get; } = lowestVersion;

    /// <summary>The highest version that exists.</summary>
    public short HighestVersion { get; } = highestVersion;

    [DoesNotReturn]
    internal static void Throw(string messageName, short version, short lowestVersion, short highestVersion) =>
        throw new UnsupportedVersionException(messageName, version, lowestVersion, highestVersion);
}
