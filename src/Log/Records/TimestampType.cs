namespace Actors.Log;

/// <summary>Whose clock the timestamps of a batch come from: bit 3 of its attributes.</summary>
public enum TimestampType
{
    /// <summary>The producer's clock, or whatever the application said.</summary>
    CreateTime = 0,

    /// <summary>The broker's clock at append; every record of the batch then has the batch's maximum timestamp.</summary>
    LogAppendTime = 1,
}
