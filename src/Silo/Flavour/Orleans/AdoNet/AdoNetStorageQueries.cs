namespace Actors.Silo.Flavour.AdoNet;

/// <summary>
/// What Orleans' AdoNet grain storage does with <c>orleansstorage</c>. A row's version is the ETag. A cleared state leaves its row
/// without bytes, so that versions go on and whoever holds an older one is refused; an answer without a row is such a refusal.
/// </summary>
internal static class AdoNetStorageQueries
{
    private const string IsTheGrain = """
        serviceid = @ServiceId AND graintypestring = @GrainTypeString AND grainidextensionstring = COALESCE(@GrainIdExtensionString, '')
        AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
        """;

    /// <summary>Texts by the keys under which Orleans looks for them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> All =>
    [
        new("ReadFromStorageKey", $"SELECT payloadbinary AS PayloadBinary, version AS Version FROM orleansstorage WHERE {IsTheGrain}"),
        new("WriteToStorageKey", $"""
            WITH replaced AS (
                UPDATE orleansstorage SET payloadbinary = @PayloadBinary, modifiedon = now(), version = version + 1
                WHERE {IsTheGrain} AND version = @GrainStateVersion
                RETURNING version),
            added AS (
                INSERT INTO orleansstorage
                SELECT @ServiceId, @GrainTypeString, COALESCE(@GrainIdExtensionString, ''), @GrainIdN0, @GrainIdN1, 1, @PayloadBinary, now()
                WHERE @GrainStateVersion IS NULL
                ON CONFLICT DO NOTHING
                RETURNING version)
            SELECT version AS NewGrainStateVersion FROM replaced UNION ALL SELECT version FROM added
            """),
        new("ClearStorageKey", $"""
            UPDATE orleansstorage SET payloadbinary = NULL, modifiedon = now(), version = version + 1
            WHERE {IsTheGrain} AND version = @GrainStateVersion
            RETURNING version AS NewGrainStateVersion
            """),
    ];
}
