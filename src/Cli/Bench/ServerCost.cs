namespace Actors.Cli.Bench;

/// <summary>What a silo's process took while a benchmark ran.</summary>
/// <param name="Http">The address that was asked.</param>
/// <param name="CpuPercent">Share of one core.</param>
/// <param name="ResidentMegabytes">Resident memory at the end, in units of 1,000,000 bytes.</param>
public sealed record ServerCost(string Http, double CpuPercent, double ResidentMegabytes);
