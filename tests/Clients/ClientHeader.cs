namespace Actors.Clients.Tests;

/// <summary>One record header; the value is base64 or null.</summary>
public sealed record ClientHeader(string Name, string? Value);
