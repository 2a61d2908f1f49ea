namespace Actors.Log;

/// <summary>A segment that is shorter than the checkpoint says.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="SoundLength">Bytes of whole batches that are there.</param>
/// <param name="SoundEndOffset">Offset after them: a truncation to this offset or below explains the finding.</param>
/// <param name="Finding">What was expected and what was found.</param>
internal sealed record ShortFile(Segment Segment, int SoundLength, long SoundEndOffset, string Finding);
