/** Whether core's error says that nodes showed the loss of a lock that was held, and not that its time was over. */
export const isFoundByNodes = (message: string): boolean => message.includes(" was lost");
