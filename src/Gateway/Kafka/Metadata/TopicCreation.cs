using Actors.Grains.Topics;
using Orleans;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Gateway.Kafka;

/// <summary>Creates topics that clients name before they exist, where the silo's options allow it.</summary>
public sealed class TopicCreation(IGrainFactory grains, TopicOptions options)
{
    /// <summary>Creates what is missing, all in one command.</summary>
    /// <param name="names">Names that the catalog does not have.</param>
    /// <param name="clientAllows">Whether the client's request lets the broker create.</param>
    /// <returns>An error for each name that was not created. A name that someone else created meanwhile has none.</returns>
    public async Task<IReadOnlyDictionary<string, ErrorCode>> CreateMissingAsync(IReadOnlyList<string> names, bool clientAllows)
    {
        var errors = new Dictionary<string, ErrorCode>(StringComparer.Ordinal);
        if (names.Count == 0)
        {
            return errors;
        }

        if (!clientAllows || !options.AutoCreateTopics)
        {
            foreach (var name in names)
            {
                errors[name] = TopicNames.Refusal(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException;
            }

            return errors;
        }

        foreach (var topic in (await CreateAsync(names)).Where(topic => topic.Name is not null))
        {
            var error = (ErrorCode)topic.ErrorCode;
            if (error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
            {
                errors[topic.Name!] = error == ErrorCode.InvalidTopicException ? error : ErrorCode.LeaderNotAvailable;
            }
        }

        return errors;
    }

    private async Task<IReadOnlyList<TopicAnswer>> CreateAsync(IReadOnlyList<string> names)
    {
        try
        {
            var answer = await grains.GetGrain<IControllerGrain>(IControllerGrain.Key)
                .CreateTopics(new CreateTopicsCommand { Topics = [.. names.Select(name => new TopicWish { Name = name })] });
            return answer.Topics;
        }
        catch (Exception failure) when (TopicResults.IsOutage(failure))
        {
            // The controller is busy or away; the client asks again.
            return [.. names.Select(name => new TopicAnswer { Name = name, ErrorCode = (short)ErrorCode.LeaderNotAvailable })];
        }
    }
}
