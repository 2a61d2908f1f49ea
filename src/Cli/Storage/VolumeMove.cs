namespace Actors.Cli.Storage;

/// <summary>A replica's way that is planned, with what it would cost.</summary>
internal sealed record VolumeMove(string SourcePool, string TargetPool, string? Link, long Bytes, long BytesPerSecond, double Seconds, bool IsOverNoLink = false);
