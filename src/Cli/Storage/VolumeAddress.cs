namespace Actors.Cli.Storage;

/// <summary>Where applications find a volume.</summary>
internal sealed record VolumeAddress(string Name, string Address);
