using System.Globalization;
using System.Net;
using Actors.Membership;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>Rows of silos for tests of the table's surroundings.</summary>
public static class Silos
{
    /// <summary>A silo with little in its row.</summary>
    public static MembershipEntry Entry(int node, SiloStatus status = SiloStatus.Active) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11110 + node, 1),
        SiloName = new SiloNodeName(string.Create(CultureInfo.InvariantCulture, $"silo-{node}"), node).ToString(),
        HostName = "host",
        Status = status,
    };

    /// <summary>Adds a row to a table that nobody else changes.</summary>
    public static async Task InsertAsync(IMembershipTable table, MembershipEntry entry) =>
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()), $"{entry} was not inserted.");
}
