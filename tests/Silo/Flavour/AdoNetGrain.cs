namespace Actors.Silo.Tests.Flavour;

/// <summary>A grain as Orleans' AdoNet storage names it: text keys have no numbers, numbers and unique ids no text.</summary>
internal sealed record AdoNetGrain(string? Key, long N0 = 0, long N1 = 0, string Type = "agent", string Service = "actors");
