namespace Actors.Grains.Agents;

/// <summary>
/// Takes down what agents report. Nothing is waited for and nothing is thrown; rows are written with others, and what there is no room for
/// while the store is away is dropped and counted. Safe to use from any thread.
/// </summary>
public interface IAgentReports
{
    /// <summary>A connection to an agent began or ended.</summary>
    void Connection(ConnectionRow row);

    /// <summary>An agent measured something.</summary>
    void Metadata(MetadataRow row);
}
