namespace Actors.Gateway.Storage;

/// <summary>Where applications find a volume.</summary>
/// <param name="Name">The volume.</param>
/// <param name="Address">A path on the silo's machine, or an address.</param>
internal sealed record VolumeAddressAnswer(string Name, string Address);
