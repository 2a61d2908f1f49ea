using System.Globalization;
using Orleans;

namespace Actors.Grains.Groups;

/// <summary>What the controller asks of all the coordinators of a node.</summary>
[Alias("actors.grouphost")]
public interface IGroupHostGrain : IGrainWithStringKey
{
    /// <summary>Every group of the node forgets what it committed for these topics; waits for the disk.</summary>
    /// <param name="topics">Names of topics.</param>
    /// <param name="skipUnreadable">Groups whose partition cannot be read count as done.</param>
    /// <returns>Whether all of them have.</returns>
    [Alias("forget-topics")]
    Task<bool> ForgetTopics(string[] topics, bool skipUnreadable);

    /// <summary>The key of the one on a node.</summary>
    static string KeyOf(int nodeId) => string.Create(CultureInfo.InvariantCulture, $"groups@{nodeId}");
}
