export { insertMessages } from '../channels/messages/insert.ts'
export { toMessageRow, type MessageRow } from '../channels/messages/row.ts'
