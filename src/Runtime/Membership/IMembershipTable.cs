using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// The list of a cluster's silos, which all of them share. Each change is a compare-and-set on the table's version: of writers that
/// have read the same version exactly one wins, and the others read again.
/// </summary>
/// <remarks>
/// Two kinds of silo read and write one table, so ETags are opaque here. What a table throws when its store is away is its own;
/// callers treat every exception as "the store did not answer".
/// </remarks>
public interface IMembershipTable
{
    /// <summary>Called once, before everything else.</summary>
    /// <param name="tryInitTableVersion">True: an empty table is made when there is none. False: it must be there already.</param>
    Task InitializeMembershipTable(bool tryInitTableVersion);

    /// <summary>Removes all rows of a cluster, and its version.</summary>
    Task DeleteMembershipTableEntries(string clusterId);

    /// <summary>Removes the dead silos that were last heard of before this moment. The version stays.</summary>
    Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate);

    /// <summary>One silo's row, if it is there, and the table's version, both of one moment.</summary>
    Task<MembershipTableData> ReadRow(SiloAddress key);

    /// <summary>All rows and the table's version, all of one moment.</summary>
    Task<MembershipTableData> ReadAll();

    /// <summary>Adds a row and moves the table to its next version, or does neither.</summary>
    /// <param name="entry">The row; it is copied.</param>
    /// <param name="tableVersion">The next version, with the ETag of the one that was read.</param>
    /// <returns>False when the silo has a row already, or the table has moved on.</returns>
    Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion);

    /// <summary>Replaces a row and moves the table to its next version, or does neither.</summary>
    /// <param name="entry">What the row becomes; it is copied.</param>
    /// <param name="etag">The ETag with which the row was read.</param>
    /// <param name="tableVersion">The next version, with the ETag of the one that was read.</param>
    /// <returns>False when there is no such row, or it or the table has moved on.</returns>
    Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion);

    /// <summary>Says that a silo is alive. The table's version, the row's ETag and its other members stay.</summary>
    Task UpdateIAmAlive(MembershipEntry entry);
}
